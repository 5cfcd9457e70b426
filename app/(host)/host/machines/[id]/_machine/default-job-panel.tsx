import { ActionForm } from '#components/ui/action-form.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { StateBadge, type StateKind } from '#components/ui/state-badge.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { DefaultJobRow } from '#lib/agents/queries/default-job.ts';
import { commandLine } from '#lib/bookings/command-line.ts';
import type { DefaultJobState } from '#protocol/default-job.ts';
import { clearDefaultJob, saveDefaultJob } from '../../../actions.ts';

const SHOWN: Readonly<Record<DefaultJobState, readonly [StateKind, string]>> = {
  waiting: ['waiting', 'waits for rentals'],
  pulling: ['working', 'pulling the image'],
  running: ['running', 'running'],
  ended: ['done', 'ended, tried again'],
  failed: ['failed', 'failed, tried again'],
};

/** What the machine runs for its host while nobody rents it. */
export function DefaultJobPanel({ machineId, job }: { machineId: string; job: DefaultJobRow | null }) {
  const [kind, word] = job?.state ? SHOWN[job.state] : (['waiting', 'the machine has not heard of it yet'] as const);
  return (
    <Panel
      title="While nobody rents it"
      description="A container of your own that has the GPUs that nobody rents. It is no booking: nobody pays for it, and a rental that gets one of its GPUs puts it out at once. Staff see how busy GPUs are that nobody rents."
    >
      {job !== null && (
        <div className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
          <StateBadge kind={kind}>{word}</StateBadge>
          {job.observedAt !== null && (
            <span className="text-muted text-xs">
              as the machine said <TimeAgo at={job.observedAt} />
            </span>
          )}
          {job.detail !== null && <p className="w-full text-muted [overflow-wrap:anywhere]">{job.detail}</p>}
        </div>
      )}
      <ActionForm action={saveDefaultJob}>
        <input type="hidden" name="machineId" value={machineId} />
        <div className="space-y-4">
          <InputField
            name="image"
            label="Image"
            placeholder="ghcr.io/owner/name:tag"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            className="[&_input]:font-mono"
            defaultValue={job?.image ?? ''}
          />
          <InputField
            name="command"
            label="Command"
            optional
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            className="[&_input]:font-mono"
            hint="Empty: the image's own program. When it ends by itself it is started again: after a minute, then two, four, an hour at most, and after a minute again once it ran for ten."
            defaultValue={job?.command ? commandLine(job.command) : ''}
          />
        </div>
        <div className="mt-4">
          <SubmitButton variant="secondary" pendingLabel="Saving…">
            Save
          </SubmitButton>
        </div>
      </ActionForm>
      {/* The form stays when there is nothing left to remove: it says what became of it. */}
      <ActionForm action={clearDefaultJob} className="mt-2">
        <input type="hidden" name="machineId" value={machineId} />
        {job !== null && (
          <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted text-xs">
            <SubmitButton variant="secondary" size="sm" pendingLabel="Removing…">
              Run nothing
            </SubmitButton>
            It ends, and these GPUs idle until somebody rents them.
          </p>
        )}
      </ActionForm>
    </Panel>
  );
}
