import type { Actor } from '#lib/base/actor.ts';
import { db, queryable } from '#lib/io/db.ts';
import { OWN_DATA, type OwnPart } from '../own-data.ts';

const ROWS_A_PAGE = 500;

type Column = { readonly name: string; readonly type: string; readonly key: number | null };

/**
 * Everything that is kept about the actor, as the text of one JSON document in pieces: a page of rows at a time, so that a
 * large account needs no memory. Amounts and other 64-bit numbers are text. Secrets and what is other people's stay out
 * (`OWN_DATA`). It is no snapshot: what moves while it is written may stand in it before or after.
 */
export async function* ownData(actor: Actor, now: Date): AsyncGenerator<string> {
  const head = { format: 'sublet export', version: 1, madeAt: now.toISOString(), userId: actor.userId };
  yield `${JSON.stringify(head).slice(0, -1)},"parts":{`;
  const tables = await columnsOf();
  let first = true;
  for (const part of OWN_DATA) {
    const columns = tables.get(part.table);
    if (columns === undefined) continue;
    yield `${first ? '' : ','}\n${JSON.stringify(part.name)}:[`;
    first = false;
    let any = false;
    for await (const row of rowsOf(part, columns, actor.userId)) {
      yield `${any ? ',' : ''}\n${row}`;
      any = true;
    }
    yield ']';
  }
  yield '}}\n';
}

async function* rowsOf(part: OwnPart, columns: readonly Column[], userId: string): AsyncGenerator<string> {
  const key = columns.filter((column) => column.key !== null).sort((a, b) => (a.key ?? 0) - (b.key ?? 0));
  const shown = columns
    .filter(({ name }) => part.only?.includes(name) ?? part.without?.[name] === undefined)
    .map((column) => `${part.shown?.[column.name] ?? sqlOf(column)} AS "${column.name}"`);
  const atOnce = part.rowsAtOnce ?? ROWS_A_PAGE;
  const names = key.map(({ name }) => `t."${name}"`);
  const after = `(${names}) > (${key.map(({ type }, index) => `$${index + 2}::${type}`)})`;
  let last: readonly string[] | null = null;
  for (;;) {
    const text: string = `SELECT row_to_json(o)::text AS row, k FROM (
        SELECT t.*, ARRAY[${names.map((name) => `${name}::text`)}] AS k FROM "${part.table}" t
        WHERE (${part.mine}) ${last === null ? '' : `AND ${after}`} ORDER BY ${names} LIMIT ${atOnce}
      ) t CROSS JOIN LATERAL (SELECT ${shown}) o ORDER BY ${names}`;
    const rows = await pageOf(text, [userId, ...(last ?? [])]);
    for (const { row } of rows) yield row;
    last = rows.at(-1)?.k ?? null;
    if (rows.length < atOnce || last === null) return;
  }
}

type Row = { readonly row: string; readonly k: readonly string[] };

async function pageOf(text: string, values: readonly string[]): Promise<readonly Row[]> {
  return (await queryable(db).query<Row>({ text, values: [...values] })).rows;
}

function sqlOf({ name, type }: Column): string {
  if (type === 'bigint') return `t."${name}"::text`;
  return type === 'timestamp(3) with time zone'
    ? `to_char(t."${name}" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
    : `t."${name}"`;
}

/** The tables of this database with their columns as they are now: a new one is in the export unless it is kept out. */
async function columnsOf(): Promise<ReadonlyMap<string, readonly Column[]>> {
  const { rows } = await queryable(db).query<Column & { readonly relation: string }>(`
    SELECT c.relname AS relation, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
      array_position(i.indkey::int2[], a.attnum) AS key
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY c.relname, a.attnum`);
  const tables = new Map<string, Column[]>();
  for (const { relation, ...column } of rows) tables.set(relation, [...(tables.get(relation) ?? []), column]);
  return tables;
}
