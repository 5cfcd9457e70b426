import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { breaksConstraint, inTransaction, type Tx } from '#lib/io/db.ts';
import { savedSearch, watchedOffers } from './queries/saved-searches.ts';
import { askOf, look, queryOf, whyNotSaveSearch } from './saved-search.ts';
import type { ChangeSearchInput, SaveSearchInput, SearchIdInput } from './saved-search-schema.ts';

/**
 * Keeps a search under a name. What it finds now is known from the beginning: alerts tell of what comes after. Refuses with `notNow`
 * (20 are kept), `conflict` (another has this name) or `suspended`. Answers its id.
 */
export async function saveSearch(actor: Actor, input: SaveSearchInput, world: World = theWorld): Promise<string> {
  requireActive(actor);
  const { query, name, below, ...alerts } = input;
  const ask = askOf(query);
  const now = world.now();
  const offers = await watchedOffers(actor, ask, now);
  const watched = { ...alerts, belowMicrosPerGpuHour: below };
  const { known } = look(watched, { seenListingIds: [], belowListingIds: [] }, offers);
  const id = newId('savedSearch', now);
  await named(() =>
    inTransaction('save search', async (tx) => {
      // One after the other for each owner, so that two at once do not pass the limit.
      await tx.$executeRaw`SELECT 1 FROM users WHERE id = ${actor.userId} FOR NO KEY UPDATE`;
      refuseIf(whyNotSaveSearch(await tx.savedSearch.count({ where: { ownerId: actor.userId } })));
      await tx.savedSearch.create({
        data: {
          ...{ id, name, ...watched, ...lists(known), ownerId: actor.userId, query: queryOf(ask) },
          ...{ lookedAt: now, createdAt: now, updatedAt: now },
        },
      });
      await recordEvent(tx, actor, { kind: 'search.saved', userId: actor.userId, data: { searchId: id, name } }, now);
    }),
  );
  return id;
}

/** Changes the name of a saved search and what it tells. A new limit counts from what is below it now. Refuses with `notFound`, `conflict` or `suspended`. */
export async function changeSearch(actor: Actor, input: ChangeSearchInput, world: World = theWorld): Promise<void> {
  requireActive(actor);
  const { searchId, name, below, ...alerts } = input;
  const now = world.now();
  const watched = { ...alerts, belowMicrosPerGpuHour: below };
  const { query } = await savedSearch(actor, searchId, now);
  // What its owner sees on the page where this is said is no news.
  const offers = await watchedOffers(actor, askOf(query), now);
  await named(() =>
    inTransaction('change search', async (tx) => {
      await lockOwn(tx, actor, searchId);
      const before = await tx.savedSearch.findUniqueOrThrow({ where: { id: searchId } });
      const news = below !== before.belowMicrosPerGpuHour || (watched.tellsNew && !before.tellsNew);
      const known = news ? lists(look(watched, before, offers).known) : {};
      await tx.savedSearch.update({ where: { id: searchId }, data: { name, ...watched, ...known, updatedAt: now } });
      await recordEvent(tx, actor, { kind: 'search.changed', userId: actor.userId, data: { searchId, name } }, now);
    }),
  );
}

/** Forgets a saved search. Refuses with `notFound`. Suspended people may. */
export async function deleteSearch(actor: Actor, { searchId }: SearchIdInput, world: World = theWorld): Promise<void> {
  await inTransaction('delete search', async (tx) => {
    await lockOwn(tx, actor, searchId);
    await tx.savedSearch.delete({ where: { id: searchId } });
    await recordEvent(tx, actor, { kind: 'search.deleted', userId: actor.userId, data: { searchId } }, world.now());
  });
}

function lists(known: { readonly seenListingIds: readonly string[]; readonly belowListingIds: readonly string[] }) {
  return { seenListingIds: [...known.seenListingIds], belowListingIds: [...known.belowListingIds] };
}

async function lockOwn(tx: Tx, actor: Actor, searchId: string): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM saved_searches WHERE id = ${searchId} AND owner_id = ${actor.userId} FOR UPDATE`;
  if (rows.length === 0) throw new Refusal('notFound');
}

async function named(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!breaksConstraint(error, 'saved_searches_owner_id_name_key')) throw error;
    throw new Refusal('conflict', { field: 'name' }, 'You have a saved search of this name. Give it another one.');
  }
}
