import type { ReactNode } from 'react';
import { ActionForm } from '#components/ui/action-form.tsx';
import { cn } from '#components/ui/cn.ts';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { TextareaField } from '#components/ui/form-fields.tsx';
import { LocalClock } from '#components/ui/local-clock.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { shortName } from '#lib/base/words.ts';
import { CLAIM_MINUTES } from '#lib/desk/case.ts';
import type { CaseView } from '#lib/trust/case-view.ts';
import { claim, release, takeOver } from '../actions.ts';

/** Whose a case is, and how to take it, give it back or take it over. As high whoever has it: claims come and go while somebody types. */
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
      <Bar
        title="Nobody works on it"
        line="It waits for an admin."
        action={
          <ActionForm action={claim}>
            {named}
            <SubmitButton variant="secondary" size="sm">
              Claim for {String(CLAIM_MINUTES)} minutes
            </SubmitButton>
          </ActionForm>
        }
      />
    );
  const until = <LocalClock at={held.expiresAt.toISOString()} seconds={false} />;
  if (held.admin.id === adminId)
    return (
      <Bar
        tone="yours"
        title={<>Yours until {until}</>}
        line="Deciding it gives it back."
        action={
          <ActionForm action={release}>
            {named}
            <SubmitButton variant="secondary" size="sm">
              Give it back
            </SubmitButton>
          </ActionForm>
        }
      />
    );
  return (
    <Bar
      tone="other"
      title={`${shortName(held.admin.name)} works on it`}
      line={
        <>
          Since <TimeAgo at={held.claimedAt} />, until {until}.
        </>
      }
      action={
        <ConfirmDialog
          trigger="Take over…"
          variant="secondary"
          size="sm"
          title={`Take it over from ${shortName(held.admin.name)}?`}
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
    />
  );
}

const TONES = {
  free: 'border-line bg-sunken',
  yours: 'border-accent-line bg-accent-soft',
  other: 'border-warn-line bg-warn-soft',
} as const;

type BarProps = { tone?: keyof typeof TONES; title: ReactNode; line: ReactNode; action: ReactNode };

function Bar({ tone = 'free', title, line, action }: BarProps) {
  return (
    <div
      className={cn(
        'flex min-h-25 flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-md border px-3 py-2 sm:min-h-14',
        TONES[tone],
      )}
    >
      <div role="status" className="min-w-0 flex-1 basis-48 text-sm">
        <p className="truncate font-medium">{title}</p>
        <p className="text-muted">{line}</p>
      </div>
      {action}
    </div>
  );
}
