import Form from 'next/form';
import { ActionForm } from '#components/ui/action-form.tsx';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { exactly } from '#components/ui/instant.ts';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { shortName } from '#lib/base/words.ts';
import type { BlockOutlook } from '#lib/bookings/block-outlook.ts';
import type { MachineCalendar } from '#lib/catalogue/queries/calendar.ts';
import { formatSpan } from '#lib/catalogue/span-words.ts';
import { typeWall } from '#lib/catalogue/wall-clock.ts';
import { takeOut } from './actions.ts';

/** What was asked for: as it was typed, and what it would do or what is wrong with it. */
export type MaintenanceAsked = {
  readonly from: string;
  readonly to: string;
  readonly outlook: BlockOutlook | null;
  readonly problem: string | null;
};

type MaintenancePanelProps = { found: MachineCalendar; asked: MaintenanceAsked | null };

/** Maintenance in two steps: when, and then whom it ends, what stands in the way and what it costs, before it is announced. */
export function MaintenancePanel({ found, asked }: MaintenancePanelProps) {
  const { zone, maintenanceNoticeSeconds } = found.calendar;
  const notice = formatSpan(maintenanceNoticeSeconds);
  const outlook = asked?.outlook ?? null;
  return (
    <Panel
      id="maintenance"
      title="Announce maintenance"
      description={`Announced ${notice} before, it ends what is rented on demand where it begins, and those renters are told at once with the date. Reserved windows are kept. Times are in ${zone}.`}
    >
      <Form action="#maintenance" scroll={false} className="space-y-4">
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4 sm:grid-cols-2">
          <InputField
            id="maintenance-from"
            name="from"
            label="Begins"
            type="datetime-local"
            required
            defaultValue={asked?.from ?? ''}
          />
          <InputField
            id="maintenance-to"
            name="to"
            label="Ends"
            type="datetime-local"
            required
            defaultValue={asked?.to ?? ''}
          />
        </div>
        <Button type="submit">See what it does</Button>
      </Form>
      {asked?.problem && (
        <Callout tone="bad" role="alert" className="mt-4">
          {asked.problem}
        </Callout>
      )}
      {asked !== null && outlook !== null && (
        <div className="mt-5 space-y-4 border-line border-t pt-4">
          <Outlook outlook={outlook} zone={zone} />
          {outlook.keeps.length === 0 && (
            <ActionForm action={takeOut}>
              <input type="hidden" name="machineId" value={found.machineId} />
              <input type="hidden" name="kind" value="maintenance" />
              <input type="hidden" name="from" value={asked.from} />
              <input type="hidden" name="to" value={asked.to} />
              <InputField
                id="maintenance-note"
                name="note"
                label="Why"
                optional
                maxLength={200}
                autoComplete="off"
                hint="Renters whose rental ends by it read it."
              />
              <div className="mt-4">
                <SubmitButton pendingLabel="Announcing…">Announce it</SubmitButton>
              </div>
            </ActionForm>
          )}
        </div>
      )}
    </Panel>
  );
}

function Outlook({ outlook, zone }: { outlook: BlockOutlook; zone: string }) {
  const { ends, keeps, lostMicros, possibleFrom } = outlook;
  if (keeps.length > 0)
    return (
      <Callout
        tone="warn"
        title={`${keeps.length === 1 ? '1 rental stands' : `${keeps.length} rentals stand`} in the way`}
      >
        <ul className="list-disc space-y-1 pl-5">
          {keeps.map((rental) => (
            <li key={rental.id}>
              “{shortName(rental.name)}” of {shortName(rental.renterName)}, until {exactly(rental.endsAt, zone)}.{' '}
              {rental.why}
            </li>
          ))}
        </ul>
        {possibleFrom !== null && (
          <p>
            With notice enough it is possible: begin it at {typeWall(zone, possibleFrom).replace('T', ' ')} or later.
          </p>
        )}
      </Callout>
    );
  if (ends.length === 0) return <p className="text-sm">Nothing is rented in that time: it costs you no rental.</p>;
  return (
    <Callout
      tone="info"
      title={`${ends.length === 1 ? '1 rental ends' : `${ends.length} rentals end`} where it begins`}
    >
      <ul className="list-disc space-y-1 pl-5">
        {ends.map((rental) => (
          <li key={rental.id}>
            “{shortName(rental.name)}” of {shortName(rental.renterName)}, who would have had it until{' '}
            {exactly(rental.endsAt, zone)}: at most <Money micros={rental.lostMicros} cents /> that you do not earn
          </li>
        ))}
      </ul>
      <p>
        You do not earn at most <Money micros={lostMicros} cents /> after the fee in that time. It does not count
        against your reliability. The renters are told at once, with the date and what you write.
      </p>
    </Callout>
  );
}
