type Listed = { readonly id: string; readonly current: boolean };

/**
 * The cases of a queue that came while somebody looks at it: they wait behind a line until they are asked for, so that nothing moves under
 * a hand. None where nothing was there before, and none of a queue that is longer than its list: what moves up there is not new.
 * `known` are the ids that were shown; the case that is open is shown whatever it is.
 */
export function arrivals<Case extends Listed>(
  cases: readonly Case[],
  known: ReadonlySet<string>,
  whole: boolean,
): readonly Case[] {
  if (!whole || !cases.some(({ id }) => known.has(id))) return [];
  return cases.filter(({ id, current }) => !known.has(id) && !current);
}
