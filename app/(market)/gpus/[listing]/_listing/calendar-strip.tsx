import { pack } from '#components/ui/packed.ts';
import type { FreeWindows } from '#lib/bookings/queries/free-windows.ts';
import { type Dated, dayStrips, dayWords } from '#lib/catalogue/day-strips.ts';
import { dayAt } from '#lib/catalogue/wall-clock.ts';
import { type DayColumn, DayColumns } from './day-columns.tsx';

const DAYS = 14;

/**
 * The next two weeks at a glance: a column a day, midnight at the top, green where enough GPUs are free. The windows below say
 * the same in words, so the picture is for the eye only.
 */
export function CalendarStrip({ free, now }: { free: FreeWindows; now: Date }) {
  const windows = free.windows.map((window): Dated<'free'> => ({ ...window, kind: 'free' }));
  const days = dayStrips(free.zone, dayAt(free.zone, now.getTime()), DAYS, windows).map(
    ({ day, pieces }): DayColumn => [
      day.slice(-2).replace(/^0/, ''),
      titleOf(dayWords(day), pieces),
      ...pieces.map(({ fromPermille, lengthPermille }): [number, number] => [fromPermille / 10, lengthPermille / 10]),
    ],
  );
  return (
    <div aria-hidden className="mb-4">
      <DayColumns days={pack(days)} />
      <p className="mt-1 flex flex-wrap gap-x-4 text-muted text-xs">
        <span className="flex items-center gap-1.5">
          <span className="h-3 w-4 rounded-xs bg-good-line" /> free for {free.gpuCount}{' '}
          {free.gpuCount === 1 ? 'GPU' : 'GPUs'}
        </span>
        <span className="flex items-center gap-1.5">
          <span className="h-3 w-4 rounded-xs border border-line bg-sunken" /> taken, closed, or past
        </span>
      </p>
    </div>
  );
}

function titleOf(day: string, pieces: readonly { readonly words: string }[]): string {
  return `${day}: ${pieces.length === 0 ? 'nothing free' : `free ${pieces.map(({ words }) => words).join(', ')}`}`;
}
