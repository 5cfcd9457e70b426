/**
 * A value as text, with the kinds that JSON loses: bigint and Date. For what crosses a border that knows only JSON, such as
 * the state of a form that is sent without scripts. Reads back with {@link unpack}.
 */
export function pack(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, shown) {
    // Date has become text before this is asked: what stood there before tells.
    const before = this[key];
    if (typeof before === 'bigint') return { $bigint: before.toString() };
    return before instanceof Date ? { $date: before.toISOString() } : shown;
  });
}

/** What {@link pack} made into text. Only for text of our own: the shape is believed. */
export function unpack<T>(text: string): T {
  return JSON.parse(text, (_key, value) => {
    if (typeof value !== 'object' || value === null) return value;
    if (typeof value.$bigint === 'string') return BigInt(value.$bigint);
    return typeof value.$date === 'string' ? new Date(value.$date) : value;
  });
}
