import { currentActor } from '#app/_edge/actor.ts';
import { ActionForm } from '#components/ui/action-form.tsx';
import { SelectField, TextareaField } from '#components/ui/form-fields.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { ownOpenReport } from '#lib/trust/queries/reports.ts';
import { CAUSE_WORDS, REPORT_CAUSES, REPORT_TEXT_MAX } from '#lib/trust/report.ts';
import { report } from './actions.ts';

/** At the foot of a listing: how to tell staff that something is wrong with it. Nothing for its own host. */
export async function ReportPanel({ listingId, own }: { listingId: string; own: boolean }) {
  if (own) return null;
  const actor = await currentActor();
  const open = actor === null ? null : await ownOpenReport(actor, listingId);
  return (
    <details className="group min-w-0 text-sm">
      <summary className="link inline-flex min-h-6 cursor-pointer items-center">Report this listing</summary>
      <div className="mt-3 max-w-[36rem] space-y-4">
        {actor === null ? (
          <>
            <p className="text-muted">
              Sign in to report it: we tell you how it ends, and the host never who reported.
            </p>
            <LinkButton href={`/sign-in?next=${encodeURIComponent(`/gpus/${listingId}`)}`} size="sm">
              Sign in
            </LinkButton>
          </>
        ) : open !== null ? (
          <p>
            You reported it <TimeAgo at={open.openedAt} />. Somebody looks at it, and you are told how it ends.
          </p>
        ) : (
          <ActionForm action={report} className="space-y-4">
            <input type="hidden" name="listingId" value={listingId} />
            <p className="text-muted">
              The operators read it, and tell you how it ends. The host never learns who reported. A charge that you
              find wrong is contested on its bill instead.
            </p>
            <SelectField name="cause" id="report-cause" label="What is wrong" defaultValue="">
              <option value="">Choose…</option>
              {REPORT_CAUSES.map((cause) => (
                <option key={cause} value={cause}>
                  {CAUSE_WORDS[cause]}
                </option>
              ))}
            </SelectField>
            <TextareaField name="text" id="report-text" label="What you saw" required maxLength={REPORT_TEXT_MAX} />
            <SubmitButton variant="secondary">Send the report</SubmitButton>
          </ActionForm>
        )}
      </div>
    </details>
  );
}
