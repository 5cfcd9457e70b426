import { log } from './log.ts';

/**
 * For sweeps: handles rows one after the other and answers how many were. `handle` answers false when there was nothing to
 * do after all. A row that fails is logged and left for the next time, so that it does not stop the others.
 */
export async function eachRow<Row extends { readonly id: string }>(
  sweep: string,
  rows: readonly Row[],
  handle: (row: Row) => Promise<boolean>,
): Promise<number> {
  let handled = 0;
  for (const row of rows) {
    try {
      if (await handle(row)) handled += 1;
    } catch (error) {
      log.error({ sweep, row: row.id, err: error }, 'a sweep could not handle a row');
    }
  }
  return handled;
}
