import { cn } from '#components/ui/cn.ts';
import { pack } from '#components/ui/packed.ts';
import { type Dated, type DayStrip, dayWords } from '#lib/catalogue/day-strips.ts';
import type { Day } from '#lib/catalogue/wall-clock.ts';
import { DAY_KIND_LOOKS, DAY_KIND_WORDS, type ShownKind } from './day-kinds.ts';
import { type DayRow, DayRows } from './day-rows.tsx';

/** Something to show in a day: what it is called, with where that leads, and what else is said of it. */
export type Shown = Dated<ShownKind> & {
  readonly name?: string | undefined;
  readonly href?: string | undefined;
  readonly more?: readonly string[] | undefined;
};

type DayListProps = { days: readonly DayStrip<Shown>[]; today: Day; label: string };

/**
 * Days one below the other, each with a bar from midnight to midnight and the same in words: nothing needs a pointer, and
 * a narrow page shows as much as a wide one. What is only a background (open hours) says its words first.
 */
export function DayList({ days, today, label }: DayListProps) {
  const rows = days.map(
    (day): DayRow => ({
      name: dayWords(day.day),
      ...(day.day === today && { today: true }),
      ...(day.weekend && { weekend: true }),
      ...(day.hours !== 24 && { hours: day.hours }),
      pieces: day.pieces.map(({ of: { kind, name, href, more }, fromPermille, lengthPermille, words }) => ({
        kind,
        from: fromPermille / 10,
        length: lengthPermille / 10,
        words,
        ...(name !== undefined && name !== '' && { name, ...(href !== undefined && { href }) }),
        ...(more !== undefined && { more }),
      })),
    }),
  );
  return <DayRows label={label} rows={pack(rows)} />;
}

/** What the bars mean, for those kinds that a page shows. */
export function DayKey({ kinds }: { kinds: readonly ShownKind[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-muted text-xs">
      {kinds.map((kind) => (
        <li key={kind} className="flex items-center gap-1.5">
          <span aria-hidden className="relative inline-block h-4 w-6 overflow-hidden rounded-sm border border-line">
            <span className={cn('absolute inset-x-0', DAY_KIND_LOOKS[kind])} />
          </span>
          {DAY_KIND_WORDS[kind]}
        </li>
      ))}
    </ul>
  );
}
