import type { Span } from '#lib/base/spans.ts';
import { DAY, HOUR, MINUTE } from '#lib/base/time.ts';
import { between, chance } from './chance.ts';

/** A made-up past: since when a machine is offered, and when it did not answer. */
export type History = {
  readonly publishedAt: Date;
  readonly offers: readonly Span[];
  readonly silences: readonly Span[];
};

const KINDS = [
  { upTo: 0.07, name: 'new' },
  { upTo: 0.6, name: 'steady' },
  { upTo: 0.88, name: 'fair' },
  { upTo: 1, name: 'poor' },
] as const;

/** Most machines hardly ever miss an hour, some do, a few are new or poor: so that each of it can be seen. */
export function madeUpHistory(index: number, now: Date): History {
  const ago = (ms: number) => new Date(now.getTime() - ms);
  const drawn = chance(index, 'history');
  const kind = KINDS.find(({ upTo }) => drawn < upTo)?.name ?? 'steady';
  if (kind === 'new') {
    const publishedAt = ago(between(index, 'published', 1, 20) * HOUR);
    return { publishedAt, offers: [{ startsAt: publishedAt, endsAt: null }], silences: [] };
  }
  const days = between(index, 'published', 3, 240);
  const publishedAt = ago(days * DAY + between(index, 'hour', 0, 23) * HOUR);
  const [most, longest] = { steady: [2, 40], fair: [6, 240], poor: [12, 900] }[kind] as [number, number];
  const count = between(index, 'silences', kind === 'steady' ? 0 : 2, most);
  const silences = Array.from({ length: count }, (_, turn) => {
    const minutes = between(index, `long${turn}`, 3, longest);
    const endsAt = ago(between(index, `when${turn}`, 2, Math.min(days, 29) * 24) * HOUR);
    return { startsAt: new Date(endsAt.getTime() - minutes * MINUTE), endsAt };
  });
  return { publishedAt, offers: [{ startsAt: publishedAt, endsAt: null }], silences };
}
