import type { Actor } from '#lib/base/actor.ts';
import { type FeedRow, feedOf, hosts, takesPart } from '#lib/events/queries.ts';
import type { News } from '#lib/io/live.ts';

/** A bounded memory of answers that never change. */
function remembered(ask: (id: string) => Promise<boolean>): (id: string) => Promise<boolean> {
  const known = new Map<string, Promise<boolean>>();
  return (id) => {
    const before = known.get(id);
    if (before !== undefined) return before;
    if (known.size >= 2_000) known.clear();
    const answer = ask(id);
    known.set(id, answer);
    answer.catch(() => known.delete(id));
    return answer;
  };
}

/** Says of each piece of news whether it concerns this person. Ownership never changes, so each id is asked once; the desk is for admins. */
export function concernOf(actor: Actor): (news: News) => Promise<boolean> {
  const booking = remembered((id) => takesPart(actor, id));
  const machine = remembered((id) => hosts(actor, id));
  return async (news) =>
    news.user === actor.userId ||
    (news.desk !== undefined && actor.role === 'admin') ||
    (news.booking !== undefined && (await booking(news.booking))) ||
    (news.booking === undefined && news.machine !== undefined && (await machine(news.machine)));
}

const ROWS_AT_ONCE = 200;

/** Everything after `after`, in reads of bounded size. */
export async function* catchUp(actor: Actor, after: bigint): AsyncGenerator<FeedRow> {
  for (let from = after; ; ) {
    const rows = await feedOf(actor, from, ROWS_AT_ONCE);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_AT_ONCE) return;
    from = last.id;
  }
}
