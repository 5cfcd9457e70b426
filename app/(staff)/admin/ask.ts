export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/** One value of the address, trimmed and bounded; empty when it is missing or given twice. */
export function one(params: Record<string, string | string[] | undefined>, name: string): string {
  const value = params[name];
  return typeof value === 'string' ? value.replaceAll('\0', '').trim().slice(0, 200) : '';
}

/** The address of the next page of a list, keeping what was asked. */
export function nextHref(path: string, asked: Record<string, string>, before: string | null): string | undefined {
  if (before === null) return undefined;
  const query = new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== ''));
  query.set('before', before);
  return `${path}?${query.toString()}`;
}
