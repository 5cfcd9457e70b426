import { ActionForm } from '#components/ui/action-form.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { OwnMachine } from '#lib/catalogue/queries/machines.ts';
import { isTestAwaited, whyNotTestAgain } from '#lib/catalogue/self-test.ts';
import { askTest } from '../actions.ts';

/** Has a machine test itself now, and says so while it does. */
export function TestAgain({ machine, now }: { machine: OwnMachine; now: Date }) {
  const awaited = isTestAwaited(machine, now);
  return (
    <div className="flex flex-wrap items-center gap-3">
      {awaited && machine.selfTestAskedAt !== null && (
        <span className="flex flex-wrap items-center gap-2 text-sm">
          <StateBadge kind="working">testing itself</StateBadge>
          <span className="text-muted">
            asked <TimeAgo at={machine.selfTestAskedAt} />
          </span>
        </span>
      )}
      <ActionForm action={askTest}>
        <input type="hidden" name="machineId" value={machine.id} />
        <SubmitButton
          variant="secondary"
          size="sm"
          pendingLabel="Asking the machine…"
          disabledReason={whyNotTestAgain(machine, now)?.sentence}
        >
          Run the self-test again
        </SubmitButton>
      </ActionForm>
    </div>
  );
}
