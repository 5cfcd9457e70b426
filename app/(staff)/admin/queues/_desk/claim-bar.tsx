import { ActionForm } from '#components/ui/action-form.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { TextareaField } from '#components/ui/form-fields.tsx';
import { LocalClock } from '#components/ui/local-clock.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { CLAIM_MINUTES } from '#lib/desk/case.ts';
import type { CaseView } from '#lib/trust/case-view.ts';
import { claim, release, takeOver } from '../actions.ts';

/** Whose a case is, and how to take it, give it back or take it over. */
export function ClaimBar({ shown, adminId }: { shown: CaseView; adminId: string }) {
  const held = shown.claim;
  const named = (
    <>
      <input type="hidden" name="kind" value={shown.kind} />
      <input type="hidden" name="id" value={shown.id} />
    </>
  );
  if (held === null)
    return (
      <ActionForm action={claim} className="flex flex-wrap items-center justify-between gap-3">
        {named}
        <p className="min-w-0 text-muted text-sm">Nobody works on it.</p>
        <SubmitButton variant="secondary" size="sm">
          Claim for {String(CLAIM_MINUTES)} minutes
        </SubmitButton>
      </ActionForm>
    );
  if (held.admin.id === adminId)
    return (
      <ActionForm action={release} className="flex flex-wrap items-center justify-between gap-3">
        {named}
        <p className="min-w-0 text-sm">
          Yours until <LocalClock at={held.expiresAt.toISOString()} seconds={false} />. Deciding it gives it back.
        </p>
        <SubmitButton variant="secondary" size="sm">
          Give it back
        </SubmitButton>
      </ActionForm>
    );
  return (
    <Callout
      tone="warn"
      title={`${held.admin.name} works on it`}
      action={
        <ConfirmDialog
          trigger="Take over…"
          size="sm"
          title={`Take it over from ${held.admin.name}?`}
          consequences={[
            `${held.admin.name} cannot decide it any more, and is told that you took it.`,
            'It stands in the audit trail with your reason.',
          ]}
          action={takeOver}
          hidden={{ kind: shown.kind, id: shown.id }}
          confirmLabel="Take over"
        >
          <TextareaField name="reason" id="take-over-reason" label="Reason" required maxLength={500} />
        </ConfirmDialog>
      }
    >
      Since <TimeAgo at={held.claimedAt} />, until <LocalClock at={held.expiresAt.toISOString()} seconds={false} />.
    </Callout>
  );
}
