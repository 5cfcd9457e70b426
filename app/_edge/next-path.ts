const NOWHERE = 'http://market.invalid';

/** A path of this site, cleaned; what names anything else becomes `otherwise`. */
export function sitePath(text: string | null | undefined, otherwise = '/'): string {
  if (typeof text !== 'string' || text.length > 1_000 || !/^\/(?![/\\])/.test(text)) return otherwise;
  // Browsers drop tabs and line breaks and read "\" as "/": none of them belongs into a path.
  if (/[\p{Cc}\s\\]/u.test(text)) return otherwise;
  const url = URL.parse(text, NOWHERE);
  if (url === null || url.origin !== NOWHERE || url.pathname.startsWith('//')) return otherwise;
  url.searchParams.delete('_rsc');
  return `${url.pathname}${url.search}${url.hash}`;
}

/** Where to go after signing in: a page of this site that is neither an API nor about signing in. */
export function safeNext(text: string | null | undefined, otherwise = '/'): string {
  const path = sitePath(text, '');
  return path === '' || /^\/(?:api|sign-in|sign-up|sign-out|_next)(?:[/?#]|$)/.test(path) ? otherwise : path;
}

/** The sign-in page that leads back. */
export function signInPath(next: string): string {
  const safe = safeNext(next);
  return safe === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(safe)}`;
}

/** The page that asks for the second step, and leads on. */
export function codePath(next: string): string {
  const safe = safeNext(next);
  return safe === '/' ? '/sign-in/code' : `/sign-in/code?next=${encodeURIComponent(safe)}`;
}
