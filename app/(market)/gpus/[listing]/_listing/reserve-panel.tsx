import { bookHref } from '#components/booking/book-href.ts';
import { Button } from '#components/ui/button.tsx';
import { Input, Select } from '#components/ui/controls.tsx';
import { Field } from '#components/ui/field.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { FreeWindows } from '#lib/bookings/queries/free-windows.ts';
import { hoursWords } from '#lib/catalogue/calendar-rules.ts';
import type { ListingPage } from '#lib/catalogue/queries/listing.ts';
import { formatSpan } from '#lib/catalogue/span-words.ts';
import { instantOf, readWall, typeWall } from '#lib/catalogue/wall-clock.ts';
import { CalendarStrip } from './calendar-strip.tsx';

const MOST_WINDOWS = 8;

/** When the host rents it, the windows that can be reserved, and a form for any other. */
export function ReservePanel({ listing, free, now }: { listing: ListingPage; free: FreeWindows; now: Date }) {
  const { rules, zone, windows } = free;
  const counts = Array.from(
    { length: listing.gpus.length - listing.terms.minGpus + 1 },
    (_, at) => listing.terms.minGpus + at,
  );
  const words = (at: Date) => typeWall(zone, at).replace('T', ' ');
  return (
    <Panel
      id="windows"
      title="When it is free"
      footer={free.cancellation.sentence}
      description={`${rules.hours.length === 0 ? 'The host rents it at any time' : `The host rents it ${rules.hours.map(hoursWords).join(', ')}`}. Times are in ${zone}.`}
    >
      <CalendarStrip free={free} now={now} />
      {windows.length === 0 ? (
        <p className="text-muted text-sm">
          In the next four weeks no window is free for {free.gpuCount} {free.gpuCount === 1 ? 'GPU' : 'GPUs'}.
        </p>
      ) : (
        <ul aria-label="Free windows" className="divide-y divide-line rounded-md border border-line">
          {windows.slice(0, MOST_WINDOWS).map(({ startsAt, endsAt, freeGpus }) => (
            <li
              key={startsAt.getTime()}
              className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-3 py-2 text-sm"
            >
              <span className="min-w-0">
                <span className="tabular">
                  {words(startsAt)} to {words(endsAt)}
                </span>
                <span className="block text-muted text-xs">
                  {formatSpan((endsAt.getTime() - startsAt.getTime()) / 1_000)}, {freeGpus} of {listing.gpus.length}{' '}
                  GPUs
                </span>
              </span>
              {!listing.own && (
                <LinkButton
                  size="sm"
                  href={bookHref(listing.listingId, {
                    gpus: free.gpuCount,
                    disk: 16,
                    starts: typeWall(zone, beginning(zone, startsAt)),
                    hours: hoursOf(beginning(zone, startsAt), endsAt, rules.mostSeconds),
                  })}
                >
                  Reserve<span className="sr-only"> from {words(startsAt)}</span>
                </LinkButton>
              )}
            </li>
          ))}
        </ul>
      )}
      {windows.length > MOST_WINDOWS && (
        <p className="mt-2 text-muted text-xs">{windows.length - MOST_WINDOWS} more in the next four weeks.</p>
      )}
      {!listing.own && (
        <form
          method="get"
          action={`/gpus/${listing.listingId}/book`}
          className="mt-4 grid grid-cols-[minmax(0,1fr)] items-end gap-3 sm:grid-cols-[minmax(0,2fr)_minmax(0,1fr)_minmax(0,1fr)_auto]"
        >
          <Field label="Begins" id="reserve-starts">
            {(aria) => <Input type="datetime-local" name="starts" required {...aria} />}
          </Field>
          <Field label="Hours" id="reserve-hours">
            {(aria) => <Input name="hours" inputMode="decimal" autoComplete="off" defaultValue="8" {...aria} />}
          </Field>
          <Field label="GPUs" id="reserve-gpus">
            {(aria) => (
              <Select name="gpus" defaultValue={listing.terms.minGpus} {...aria}>
                {counts.map((count) => (
                  <option key={count} value={count}>
                    {count}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Button type="submit">See the price</Button>
        </form>
      )}
    </Panel>
  );
}

const QUARTER_MS = 15 * 60_000;

/** Windows begin on a quarter of an hour, so that there is time to read the price of one that is free now. */
function roundUp(at: Date): Date {
  return new Date(Math.ceil(at.getTime() / QUARTER_MS) * QUARTER_MS);
}

/** The beginning as its clock reads back: where that shows a time twice, a window begins at the second. */
function beginning(zone: string, at: Date): Date {
  const rounded = roundUp(at);
  const wall = readWall(typeWall(zone, rounded));
  return wall === undefined ? rounded : new Date(instantOf(zone, wall.day, wall.minute, 'opens'));
}

/** Eight hours, or as many as there are. */
function hoursOf(startsAt: Date, endsAt: Date, mostSeconds: number | null): string {
  const seconds = Math.min(
    (endsAt.getTime() - startsAt.getTime()) / 1_000,
    mostSeconds ?? Number.POSITIVE_INFINITY,
    8 * 3_600,
  );
  return String(Math.floor(seconds / 36) / 100);
}
