import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/controls.tsx';
import { Field } from '#components/ui/field.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { type Month, monthName } from '#lib/base/month.ts';
import { TRANSFER_KINDS } from '#lib/ledger/transfer.ts';
import { addressOf, type MovementsAsk } from './movements-ask.ts';

type FilterProps = { ask: MovementsAsk /** Newest first. */; months: readonly Month[]; present: Month };

/** Which movements are shown: a plain form whose address can be kept. */
export function MovementsFilter({ ask, months, present }: FilterProps) {
  const month = ask.month ?? (ask.view === 'days' ? present : '');
  // A month that an address asks for is among the choices, whatever it is.
  const choices = month === '' || months.includes(month) ? months : [month, ...months];
  const narrowed = ask.month !== undefined || ask.kind !== undefined || ask.view === 'each';
  return (
    <form method="get" className="mb-4 flex flex-wrap items-end gap-3" aria-label="Which movements">
      {ask.side === 'host' && <input type="hidden" name="side" value="host" />}
      <Field label="View" className="grow basis-32 sm:max-w-52">
        {(aria) => (
          <Select name="view" defaultValue={ask.view} key={ask.view} {...aria}>
            <option value="days">by day</option>
            <option value="each">each movement</option>
          </Select>
        )}
      </Field>
      <Field label="Month" className="grow basis-32 sm:max-w-52">
        {(aria) => (
          <Select name="month" defaultValue={month} key={month} {...aria}>
            <option value="">{ask.view === 'days' ? 'this month' : 'all months'}</option>
            {choices.map((one) => (
              <option key={one} value={one}>
                {monthName(one)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="Reason" className="grow basis-52 sm:max-w-80">
        {(aria) => (
          <Select name="kind" defaultValue={ask.kind ?? ''} key={ask.kind} {...aria}>
            <option value="">every reason</option>
            {Object.entries(TRANSFER_KINDS).map(([kind, words]) => (
              <option key={kind} value={kind}>
                {words}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Button type="submit">Show</Button>
      {narrowed && (
        <LinkButton href={addressOf({ side: ask.side, view: 'days' })} variant="ghost">
          Clear
        </LinkButton>
      )}
    </form>
  );
}
