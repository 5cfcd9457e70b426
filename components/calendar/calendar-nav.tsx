import { LinkButton } from '#components/ui/link-button.tsx';
import { type CalendarView, dayWords } from '#lib/catalogue/day-strips.ts';
import { type Day, dayAfter } from '#lib/catalogue/wall-clock.ts';

type CalendarNavProps = {
  path: string;
  view: CalendarView;
  days: { readonly first: Day; readonly count: number; readonly before: Day; readonly after: Day };
  /** More of the address that is to stay: the zone. */
  keep?: Readonly<Record<string, string>> | undefined;
};

/** Earlier, now, later; a week or four: links, so that each view has an address. */
export function CalendarNav({ path, view, days, keep = {} }: CalendarNavProps) {
  const href = (change: Readonly<Record<string, string>>) =>
    `${path}?${new URLSearchParams({ ...keep, view, ...change })}`;
  const other = view === 'week' ? 'month' : 'week';
  return (
    <nav aria-label="Time shown" className="flex flex-wrap items-center gap-2">
      <LinkButton size="sm" href={href({ from: days.before })}>
        Earlier
      </LinkButton>
      <LinkButton size="sm" href={href({})}>
        Now
      </LinkButton>
      <LinkButton size="sm" href={href({ from: days.after })}>
        Later
      </LinkButton>
      <LinkButton size="sm" href={href({ view: other, from: days.first })}>
        {other === 'week' ? 'One week' : 'Four weeks'}
      </LinkButton>
      <span className="text-muted text-sm">
        {dayWords(days.first)} – {dayWords(dayAfter(days.after, -1))}
      </span>
    </nav>
  );
}
