const NOWHERE = 'http://market.invalid';

/**
 * Where to go after signing in: a path of this site, and nothing else. What names another site, an API or the sign-in pages
 * themselves becomes `otherwise`.
 */
export function safeNext(text: string | null | undefined, otherwise = '/'): string {
  if (typeof text !== 'string' || text.length > 1_000 || !/^\/(?![/\\])/.test(text)) return otherwise;
  // Browsers drop tabs and line breaks and read "\" as "/": none of them belongs into a path.
  if (/[\p{Cc}\s\\]/u.test(text)) return otherwise;
  const url = URL.parse(text, NOWHERE);
  if (url === null || url.origin !== NOWHERE || url.pathname.startsWith('//')) return otherwise;
  if (/^\/(?:api|sign-in|sign-up|sign-out|_next)(?:\/|$)/.test(url.pathname)) return otherwise;
  url.searchParams.delete('_rsc');
  return `${url.pathname}${url.search}${url.hash}`;
}

/** The sign-in page that leads back. */
export function signInPath(next: string): string {
  const safe = safeNext(next);
  return safe === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(safe)}`;
}
