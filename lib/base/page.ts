/** One page of a list and the way to the next: ids sort by age, so the last id is the cursor. */
export type Page<Row> = { readonly rows: readonly Row[]; readonly next: string | null };

/** Cuts `take + 1` rows down to a page. */
export function toPage<Row extends { readonly id: string }>(rows: readonly Row[], take: number): Page<Row> {
  const kept = rows.slice(0, take);
  return { rows: kept, next: rows.length > take ? (kept.at(-1)?.id ?? null) : null };
}
