import { ActionForm } from '#components/ui/action-form.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { driftMessage } from '#lib/agents/clock-drift.ts';
import type { OwnMachine } from '#lib/catalogue/queries/machines.ts';
import { clearIdentity } from '../../../actions.ts';

/** What keeps this machine from being rented, and what its owner should mend. */
export function Troubles({ machine }: { machine: OwnMachine }) {
  if (machine.retiredAt !== null)
    return (
      <Callout title="This machine is retired">
        Its GPUs can be enrolled elsewhere. Its history stays here. To bring it back, enrol it anew.
      </Callout>
    );
  const drift = machine.clockDriftMs === null ? null : driftMessage(machine.clockDriftMs);
  const problems = machine.specification.problems;
  return (
    <>
      {machine.identityCopiedAt !== null && (
        <Callout
          tone="bad"
          title="Two machines use this identity"
          action={
            <ActionForm action={clearIdentity}>
              <input type="hidden" name="machineId" value={machine.id} />
              <SubmitButton variant="secondary">The copy is gone</SubmitButton>
            </ActionForm>
          }
        >
          Nothing can be booked until this is cleared up. Uninstall the agent on one of them and enrol it anew.
        </Callout>
      )}
      {machine.listing?.suspendedAt && (
        <Callout tone="bad" title="Staff have suspended this listing">
          {machine.listing.suspendedReason}
        </Callout>
      )}
      {machine.listing?.state === 'published' && machine.whyNotVisible && !machine.listing.suspendedAt && (
        <Callout tone="warn" title="Published, but renters do not see it">
          {machine.whyNotVisible.sentence}
        </Callout>
      )}
      {machine.whyNotReady && machine.identityCopiedAt === null && (
        <Callout tone="warn" title="Nothing can be booked on it now">
          {machine.whyNotReady.sentence}
        </Callout>
      )}
      {(problems.length > 0 || drift !== null) && (
        <Callout tone="warn" title="What the agent reports">
          {problems.map((problem) => (
            <p key={problem}>{problem}</p>
          ))}
          {drift !== null && <p>{drift}</p>}
        </Callout>
      )}
    </>
  );
}
