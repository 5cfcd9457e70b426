import type { EventFacts, NewNotice } from './event-facts.ts';
import { quoted } from './phrase.ts';

/** What the owner of a saved search hears: how many offers appeared or became cheaper, and the cheapest of them. */
export function searchNotices({ kind, userId, data }: EventFacts): NewNotice[] {
  if (kind !== 'search.matched' || userId === null) return [];
  const appeared = counted(data.appeared);
  const fell = counted(data.fell);
  const name = quoted(typeof data.name === 'string' ? data.name : 'your search');
  const said = [
    ...(appeared > 0 ? [appeared === 1 ? '1 new offer' : `${appeared} new offers`] : []),
    ...(fell > 0 ? [`${fell} now below ${text(data.limit) ?? 'your price'}`] : []),
  ];
  return [
    {
      userId,
      title: `${said.length === 0 ? 'News' : said.join(' and ')} for ${name}`,
      body: `${cheapest(data)}Nothing is kept for you: book it while it is free.`,
      link: typeof data.query === 'string' && data.query !== '' ? `/gpus?${data.query}` : '/gpus',
      mail: data.mail === true,
    },
  ];
}

function counted(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function cheapest(data: EventFacts['data']): string {
  const [what, price] = [text(data.cheapest), text(data.price)];
  return what === null || price === null ? '' : `The cheapest of them: ${what} at ${price} per GPU-hour. `;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
