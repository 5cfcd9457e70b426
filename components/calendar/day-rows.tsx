'use client';

import { Fragment } from 'react';
import { cn } from '#components/ui/cn.ts';
import { LongName } from '#components/ui/long-name.tsx';
import { type Packed, unpack } from '#components/ui/packed.ts';
import { DAY_KIND_LOOKS, DAY_KIND_WORDS, type ShownKind } from './day-kinds.ts';

type PieceRow = {
  readonly kind: ShownKind;
  /** Where it begins in the day, and how much of the day it takes, in percent. */
  readonly from: number;
  readonly length: number;
  readonly words: string;
  readonly name?: string;
  readonly href?: string;
  readonly more?: readonly string[];
};

/** A day in words and figures, as it travels to the browser. */
export type DayRow = {
  readonly name: string;
  readonly today?: boolean;
  readonly weekend?: boolean;
  /** Where clocks change: how long it is. */
  readonly hours?: number;
  readonly pieces: readonly PieceRow[];
};

/** The rows of {@link DayList}. Drawn in the browser as well, though nothing in them reacts: a month is four weeks of the same markup, which would travel twice. */
export function DayRows({ label, rows }: { label: string; rows: Packed<readonly DayRow[]> }) {
  return (
    <ol aria-label={label} className="divide-y divide-line">
      {unpack(rows).map((day) => (
        <li
          key={day.name}
          aria-current={day.today ? 'date' : undefined}
          className={cn(
            'grid grid-cols-[minmax(0,1fr)] gap-x-4 gap-y-1.5 px-4 py-2.5 sm:grid-cols-[6.5rem_minmax(0,1fr)] sm:px-5',
            day.weekend && 'bg-sunken',
          )}
        >
          <p className={cn('text-sm', day.today ? 'font-semibold' : 'font-medium')}>
            {day.name}
            {day.today && <span className="ml-1.5 font-normal text-accent-ink text-xs">today</span>}
            {day.hours !== undefined && (
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
function isOpenAllDay({ pieces }: DayRow): boolean {
  const [only] = pieces;
  return pieces.length === 1 && only?.kind === 'open' && only.length === 100;
}

function Bar({ pieces }: { pieces: readonly PieceRow[] }) {
  return (
    <div aria-hidden className="relative h-6 overflow-hidden rounded-sm border border-line bg-surface">
      {[25, 50, 75].map((left) => (
        <span key={left} className="absolute inset-y-0 w-px bg-line" style={{ left: `${left}%` }} />
      ))}
      {pieces.map((piece, index) => (
        <span
          key={index}
          className={cn('absolute', DAY_KIND_LOOKS[piece.kind])}
          style={{
            left: `${piece.from}%`,
            // A minute is to be seen, too.
            width: `max(3px, ${piece.length}%)`,
          }}
        />
      ))}
    </div>
  );
}

function Pieces({ pieces }: { pieces: readonly PieceRow[] }) {
  if (pieces.length === 0) return <p className="sr-only">nothing</p>;
  return (
    // Lines as high as a link is to press: what is cut stands on them, too.
    <ul className="flex flex-wrap items-baseline gap-x-4 text-xs leading-6">
      {pieces.map((piece, index) => (
        <li key={index} className={cn('min-w-0 [overflow-wrap:anywhere]', piece.kind === 'open' && 'text-muted')}>
          <span className="tabular">{piece.words}</span> {DAY_KIND_WORDS[piece.kind]}
          {piece.name !== undefined && (
            <>
              {': '}
              <LongName name={piece.name} href={piece.href} className={piece.href && 'link'} />
            </>
          )}
          {piece.more?.map((part) => (
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
