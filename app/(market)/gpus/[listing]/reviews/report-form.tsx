import { ActionForm } from '#components/ui/action-form.tsx';
import { SelectField, TextareaField } from '#components/ui/form-fields.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { CAUSE_WORDS, REPORT_CAUSES, REPORT_TEXT_MAX } from '#lib/trust/report.ts';
import { report } from './actions.ts';

/** The way to tell staff of a review. Folded away until somebody needs it. */
export function ReportReview({ reviewId }: { reviewId: string }) {
  return (
    <details className="mt-2 text-sm">
      <summary className="inline-flex min-h-6 cursor-pointer items-center text-muted hover:text-ink">Report…</summary>
      <ActionForm action={report} className="mt-3 max-w-prose">
        <input type="hidden" name="reviewId" value={reviewId} />
        <div className="space-y-4">
          <SelectField name="cause" id={`cause-${reviewId}`} label="What is it" required defaultValue="">
            <option value="" disabled>
              Choose
            </option>
            {REPORT_CAUSES.filter((cause) => cause !== 'unreachable').map((cause) => (
              <option key={cause} value={cause}>
                {CAUSE_WORDS[cause]}
              </option>
            ))}
          </SelectField>
          <TextareaField
            name="text"
            id={`text-${reviewId}`}
            label="What is wrong with it"
            hint="Staff read it. Whoever wrote the review never learns who reported it."
            required
            rows={3}
            maxLength={REPORT_TEXT_MAX}
          />
          <SubmitButton pendingLabel="Reporting…" variant="secondary">
            Report
          </SubmitButton>
        </div>
      </ActionForm>
    </details>
  );
}
