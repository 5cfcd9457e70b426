import pg from 'pg';
import { runningDatabase } from '../../cli/_running-database.ts';

/** One statement on the database of the market under test, for what no page and no command would do: hostile names, many people. */
export async function sql<Row extends pg.QueryResultRow>(
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const connectionString = runningDatabase(process.env.SUBLET_E2E_DIR ?? '');
  if (connectionString === undefined) throw new Error('SUBLET_E2E_DIR does not name the folder of a running market.');
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
