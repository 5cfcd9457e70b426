import { Fragment } from 'react';
import { cn } from '#components/ui/cn.ts';
import { LongName } from '#components/ui/long-name.tsx';
import { type Dated, type DayStrip, dayWords, type Piece } from '#lib/catalogue/day-strips.ts';
import type { Day } from '#lib/catalogue/wall-clock.ts';

export const SHOWN_KINDS = ['open', 'booked', 'reserved', 'interruptible', 'block', 'maintenance', 'pause'] as const;
export type ShownKind = (typeof SHOWN_KINDS)[number];

/** Something to show in a day: what it is called, with where that leads, and what else is said of it. */
export type Shown = Dated<ShownKind> & {
  readonly name?: string | undefined;
  readonly href?: string | undefined;
  readonly more?: readonly string[] | undefined;
};

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
            {isOpenAllDay(day) ? <p className="sr-only">open all day</p> : <Pieces pieces={day.pieces} />}
          </div>
        </li>
      ))}
    </ol>
  );
}

/** The bar says it, and there is nothing else to say. */
function isOpenAllDay({ pieces }: DayStrip<Shown>): boolean {
  const [only] = pieces;
  return pieces.length === 1 && only?.of.kind === 'open' && only.lengthPermille === 1_000;
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
          style={{
            left: `${piece.fromPermille / 10}%`,
            // A minute is to be seen, too.
            width: `max(3px, ${piece.lengthPermille / 10}%)`,
          }}
        />
      ))}
    </div>
  );
}

function Pieces({ pieces }: { pieces: readonly Piece<Shown>[] }) {
  if (pieces.length === 0) return <p className="sr-only">nothing</p>;
  return (
    <ul className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 text-xs">
      {pieces.map((piece, index) => (
        <li key={index} className={cn('min-w-0 [overflow-wrap:anywhere]', piece.of.kind === 'open' && 'text-muted')}>
          <span className="tabular">{piece.words}</span> {WORDS[piece.of.kind]}
          {piece.of.name !== undefined && piece.of.name !== '' && (
            <>
              {': '}
              <LongName
                name={piece.of.name}
                href={piece.of.href}
                className={cn(piece.of.href !== undefined && 'link leading-6')}
              />
            </>
          )}
          {piece.of.more?.map((part) => (
            <Fragment key={part}>
              {', '}
              <LongName name={part} />
            </Fragment>
          ))}
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
