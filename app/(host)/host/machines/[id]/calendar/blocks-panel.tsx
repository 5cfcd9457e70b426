import { ActionForm } from '#components/ui/action-form.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { InputField, SelectField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import type { MachineCalendar } from '#lib/catalogue/queries/calendar.ts';
import { formatSpan } from '#lib/catalogue/span-words.ts';
import { typeWall } from '#lib/catalogue/wall-clock.ts';
import { giveBack, takeOut } from './actions.ts';

const KINDS = { block: 'taken out', maintenance: 'maintenance', pause: 'paused' } as const;

/** Time that the host takes out, and what is taken out already. */
export function BlocksPanel({ found, now }: { found: MachineCalendar; now: Date }) {
  const { zone, maintenanceNoticeSeconds } = found.calendar;
  const words = (at: Date) => typeWall(zone, at).replace('T', ' ');
  const coming = found.blocks.filter(({ endsAt }) => endsAt > now);
  return (
    <Panel
      title="Time taken out"
      description={`Times are in ${zone}. What is booked is never cut by a block; maintenance announced ${formatSpan(maintenanceNoticeSeconds)} before ends what is rented on demand. To offer nothing new from now until a time, pause the listing on the overview.`}
    >
      {coming.length > 0 && (
        <ul className="mb-5 divide-y divide-line rounded-md border border-line">
          {coming.map((block) => (
            <li
              key={block.id}
              className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-3 py-2.5 text-sm"
            >
              <span className="min-w-0 [overflow-wrap:anywhere]">
                <Badge tone={block.kind === 'maintenance' ? 'warn' : 'neutral'}>{KINDS[block.kind]}</Badge>{' '}
                <span className="tabular">
                  {words(block.startsAt)} to {words(block.endsAt)}
                </span>
                {block.note !== '' && <span className="block text-muted text-xs">{block.note}</span>}
              </span>
              <ActionForm action={giveBack}>
                <input type="hidden" name="machineId" value={found.machineId} />
                <input type="hidden" name="blockId" value={block.id} />
                <SubmitButton size="sm" variant="secondary" pendingLabel="Giving back…">
                  Give back
                </SubmitButton>
              </ActionForm>
            </li>
          ))}
        </ul>
      )}
      <ActionForm action={takeOut} resetOnSuccess>
        <input type="hidden" name="machineId" value={found.machineId} />
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4 sm:grid-cols-2">
          <InputField name="from" label="From" type="datetime-local" required />
          <InputField name="to" label="To" type="datetime-local" required />
          <SelectField name="kind" label="What for" defaultValue="block">
            <option value="block">My own use</option>
            <option value="maintenance">Maintenance</option>
          </SelectField>
          <InputField
            name="note"
            label="Note"
            optional
            maxLength={200}
            autoComplete="off"
            hint="Renters whose rental ends by maintenance read it."
          />
        </div>
        <div className="mt-4">
          <SubmitButton variant="secondary" pendingLabel="Taking out…">
            Take out of the calendar
          </SubmitButton>
        </div>
      </ActionForm>
    </Panel>
  );
}
