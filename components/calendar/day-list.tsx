import { cn } from '#components/ui/cn.ts';
import { type Dated, type DayStrip, dayWords, type Piece } from '#lib/catalogue/day-strips.ts';
import type { Day } from '#lib/catalogue/wall-clock.ts';

export const SHOWN_KINDS = ['open', 'booked', 'reserved', 'interruptible', 'block', 'maintenance', 'pause'] as const;
export type ShownKind = (typeof SHOWN_KINDS)[number];

/** Something to show in a day: where it leads, and what it is called. */
export type Shown = Dated<ShownKind> & { readonly label: string; readonly href?: string | undefined };

const LOOK: Record<ShownKind, string> = {
  open: 'inset-y-0 bg-good-soft border-y border-good-line',
  booked: 'inset-y-1 rounded-sm bg-accent',
  reserved: 'inset-y-1 rounded-sm border-2 border-accent bg-accent-soft',
  interruptible: 'inset-y-1 rounded-sm border border-accent border-dashed bg-accent-soft',
  block: 'inset-y-0 bg-muted/60',
  maintenance: 'inset-y-0 bg-warn-line',
  pause: 'inset-y-0 border-y border-line-control bg-hover',
};

const WORDS: Record<ShownKind, string> = {
  open: 'open',
  booked: 'rented on demand',
  reserved: 'reserved',
  interruptible: 'rented by a bid',
  block: 'taken out',
  maintenance: 'maintenance',
  pause: 'paused',
};

/**
 * Days one below the other, each with a bar from midnight to midnight and the same in words: nothing needs a pointer, and
 * a narrow page shows as much as a wide one. What is only a background (open hours) says its words first.
 */
export function DayList({ days, today, label }: { days: readonly DayStrip<Shown>[]; today: Day; label: string }) {
  return (
    <ol aria-label={label} className="divide-y divide-line">
      {days.map((day) => (
        <li
          key={day.day}
          aria-current={day.day === today ? 'date' : undefined}
          className={cn(
            'grid grid-cols-[minmax(0,1fr)] gap-x-4 gap-y-1.5 px-4 py-2.5 sm:grid-cols-[6.5rem_minmax(0,1fr)] sm:px-5',
            day.weekend && 'bg-sunken',
          )}
        >
          <p className={cn('text-sm', day.day === today ? 'font-semibold' : 'font-medium')}>
            {dayWords(day.day)}
            {day.day === today && <span className="ml-1.5 font-normal text-accent-ink text-xs">today</span>}
            {day.hours !== 24 && (
              <span className="block font-normal text-muted text-xs">{day.hours} h: clocks change</span>
            )}
          </p>
          <div className="min-w-0 space-y-1.5">
            <Bar pieces={day.pieces} />
            <Pieces pieces={day.pieces} />
          </div>
        </li>
      ))}
    </ol>
  );
}

function Bar({ pieces }: { pieces: readonly Piece<Shown>[] }) {
  return (
    <div aria-hidden className="relative h-6 overflow-hidden rounded-sm border border-line bg-surface">
      {[6, 12, 18].map((hour) => (
        <span key={hour} className="absolute inset-y-0 w-px bg-line" style={{ left: `${(hour / 24) * 100}%` }} />
      ))}
      {pieces.map((piece, index) => (
        <span
          key={index}
          className={cn('absolute', LOOK[piece.of.kind])}
          style={{ left: `${piece.fromPermille / 10}%`, width: `${piece.lengthPermille / 10}%` }}
        />
      ))}
    </div>
  );
}

function Pieces({ pieces }: { pieces: readonly Piece<Shown>[] }) {
  if (pieces.length === 0) return <p className="sr-only">nothing</p>;
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-0.5 text-xs">
      {pieces.map((piece, index) => (
        <li key={index} className={cn('min-w-0 [overflow-wrap:anywhere]', piece.of.kind === 'open' && 'text-muted')}>
          <span className="tabular">{piece.words}</span> {WORDS[piece.of.kind]}
          {piece.of.label !== '' && (
            <>
              {': '}
              {piece.of.href === undefined ? (
                piece.of.label
              ) : (
                <a href={piece.of.href} className="link inline-flex min-h-6 items-center">
                  {piece.of.label}
                </a>
              )}
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** What the bars mean, for those kinds that a page shows. */
export function DayKey({ kinds }: { kinds: readonly ShownKind[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-muted text-xs">
      {kinds.map((kind) => (
        <li key={kind} className="flex items-center gap-1.5">
          <span aria-hidden className="relative inline-block h-4 w-6 overflow-hidden rounded-sm border border-line">
            <span className={cn('absolute inset-x-0', LOOK[kind])} />
          </span>
          {WORDS[kind]}
        </li>
      ))}
    </ul>
  );
}
