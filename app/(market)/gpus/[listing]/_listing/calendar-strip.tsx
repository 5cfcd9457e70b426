import { cn } from '#components/ui/cn.ts';
import type { FreeWindows } from '#lib/bookings/queries/free-windows.ts';
import { type Dated, dayStrips, dayWords } from '#lib/catalogue/day-strips.ts';
import { dayAt } from '#lib/catalogue/wall-clock.ts';

const DAYS = 14;

/**
 * The next two weeks at a glance: a column a day, midnight at the top, green where enough GPUs are free. The windows below say
 * the same in words, so the picture is for the eye only.
 */
export function CalendarStrip({ free, now }: { free: FreeWindows; now: Date }) {
  const windows = free.windows.map((window): Dated<'free'> => ({ ...window, kind: 'free' }));
  const days = dayStrips(free.zone, dayAt(free.zone, now.getTime()), DAYS, windows);
  return (
    <div aria-hidden className="mb-4">
      <ol className="flex gap-0.5 sm:gap-1">
        {days.map((day, index) => (
          <li key={day.day} className="min-w-0 flex-1" title={titleOf(dayWords(day.day), day.pieces)}>
            <div className="relative h-16 overflow-hidden rounded-xs border border-line bg-sunken">
              <span className="absolute inset-x-0 top-1/2 h-px bg-line" />
              {day.pieces.map((piece) => (
                <span
                  key={piece.words}
                  className="absolute inset-x-0 bg-good-line"
                  style={{ top: `${piece.fromPermille / 10}%`, height: `${piece.lengthPermille / 10}%` }}
                />
              ))}
            </div>
            <span
              className={cn(
                'block truncate pt-1 text-center text-xs',
                index === 0 ? 'font-semibold text-ink' : 'text-muted',
              )}
            >
              {day.day.slice(-2).replace(/^0/, '')}
            </span>
          </li>
        ))}
      </ol>
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
