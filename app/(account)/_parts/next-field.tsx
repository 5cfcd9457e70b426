import { safeNext } from '#app/_edge/next-path.ts';

export type Asked = Promise<Record<string, string | string[] | undefined>>;

/** Where the visitor wanted to go, carried along by a form. */
export function NextField({ next }: { next: string }) {
  return next === '/' ? null : <input type="hidden" name="next" value={next} />;
}

/** The path in `?next=`, if it is one of this site. */
export async function nextOf(asked: Asked): Promise<string> {
  const { next } = await asked;
  return safeNext(typeof next === 'string' ? next : null);
}

/** One text of the address, or empty. */
export async function textOf(asked: Asked, name: string): Promise<string> {
  const value = (await asked)[name];
  return typeof value === 'string' ? value : '';
}

export function withNext(path: string, next: string): string {
  return next === '/' ? path : `${path}?next=${encodeURIComponent(next)}`;
}
