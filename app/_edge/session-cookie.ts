import { cookies } from 'next/headers';
import { decode, encode } from 'next-auth/jwt';
import { SESSION_DAYS } from '#lib/auth/session.ts';
import { env } from '#lib/io/env.ts';

const SECONDS = SESSION_DAYS * 86_400;

/** The secret that encrypts session cookies. Throws when there is none: a market without it must not run. */
export function sessionSecret(): string {
  const secret = env().sessionSecret;
  if (secret === undefined) throw new Error('Set NEXTAUTH_SECRET to at least 32 random characters.');
  return secret;
}

/** The cookie that names a session: encrypted by next-auth, read by no script, and bound to this host where there is TLS. */
export function sessionCookie() {
  const secure = env().publicUrl.startsWith('https://');
  return {
    name: secure ? '__Host-sublet.session' : 'sublet.session',
    options: { httpOnly: true, sameSite: 'lax', path: '/', secure, maxAge: SECONDS } as const,
  };
}

/** What next-auth puts into the cookie: who, and which row to look at on every request. */
export async function beginSession(session: { readonly userId: string; readonly sessionId: string }): Promise<void> {
  const { name, options } = sessionCookie();
  const token = { sub: session.userId, sessionId: session.sessionId };
  (await cookies()).set(name, await encode({ token, secret: sessionSecret(), maxAge: SECONDS }), options);
}

export async function forgetSession(): Promise<void> {
  const { name, options } = sessionCookie();
  (await cookies()).set(name, '', { ...options, maxAge: 0 });
}

/** The session id that the cookie names, or null; the row behind it still has to be looked at. */
export async function sessionIdOfRequest(): Promise<string | null> {
  const value = (await cookies()).get(sessionCookie().name)?.value;
  if (value === undefined || value === '') return null;
  try {
    const token = await decode({ token: value, secret: sessionSecret() });
    return typeof token?.sessionId === 'string' ? token.sessionId : null;
  } catch {
    // Forged, damaged, over, or made under another secret: nobody.
    return null;
  }
}
