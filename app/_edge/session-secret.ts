import { env } from '#lib/io/env.ts';

/** The secret that encrypts session cookies. Throws when there is none: a market without it must not run. */
export function sessionSecret(): string {
  const secret = env().sessionSecret;
  if (secret === undefined) throw new Error('Set NEXTAUTH_SECRET to at least 32 random characters.');
  return secret;
}

/** Bound to this host where there is TLS. */
export function sessionCookieName(): string {
  return env().publicUrl.startsWith('https://') ? '__Host-sublet.session' : 'sublet.session';
}
