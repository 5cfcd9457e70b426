import { cookies } from 'next/headers';
import { decode, encode } from 'next-auth/jwt';
import { SESSION_DAYS } from '#lib/auth/session.ts';
import { env } from '#lib/io/env.ts';
import { sessionCookieName, sessionSecret } from './session-secret.ts';

const SECONDS = SESSION_DAYS * 86_400;

/** The cookie that names a session: encrypted by next-auth, read by no script, and bound to this host where there is TLS. */
export function sessionCookie() {
  const secure = env().publicUrl.startsWith('https://');
  return {
    name: sessionCookieName(),
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
