import { type Query, query } from './db.ts';

/** Stands between the values of a column; none of them has it. */
const SEPARATOR = '\u001f';

/**
 * The values of a column of many rows, as an array of texts to put into `unnest(…)` and to cast there; an empty text is null.
 * They travel as one text: to make an array of them costs the client more than all that is done with it. Throws when a value
 * has the one character in it that stands between them.
 */
export function column(values: readonly (string | number | bigint | null)[]): Query {
  return query`string_to_array(${columnText(values)}, ${SEPARATOR}, '')`;
}

/** The same for a prepared statement: the text of such a column, and how the statement reads it. */
export function columnText(values: readonly (string | number | bigint | null)[]): string {
  if (values.some((value) => typeof value === 'string' && value.includes(SEPARATOR)))
    throw new TypeError('a value has a control character in it');
  return values.join(SEPARATOR);
}

// In a SELECT of its own, so that the planner keeps one plan for any number of rows.
export function columnIn(parameter: `$${number}`): string {
  return `string_to_array((SELECT ${parameter}::text), E'\\x1f', '')`;
}
