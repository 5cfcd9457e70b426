/** What JSON gives back as it was. */
type Plain = string | number | boolean | null | undefined | readonly Plain[] | { readonly [name: string]: Plain };

declare const packs: unique symbol;

/** A value as its JSON. */
export type Packed<T> = string & { readonly [packs]: T };

/**
 * For the props of a client component that are many small words: React writes and reads each of them by itself, one text at once.
 * The value must be plain: only what JSON gives back as it was.
 */
export function pack<T extends Plain>(value: T): Packed<T> {
  return JSON.stringify(value) as Packed<T>;
}

export function unpack<T>(packed: Packed<T>): T {
  return JSON.parse(packed);
}
