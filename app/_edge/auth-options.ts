import type { NextAuthOptions } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import { actorOfSession } from '#lib/auth/queries.ts';
import { revokeSession } from '#lib/auth/revoke-session.ts';
import { signInInput } from '#lib/auth/schema.ts';
import { labelOf, SESSION_DAYS } from '#lib/auth/session.ts';
import { signIn } from '#lib/auth/sign-in.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld } from '#lib/base/time.ts';
import { log } from '#lib/io/log.ts';
import { addressOf } from './address.ts';
import { sessionCookie } from './session-cookie.ts';
import { sessionSecret } from './session-secret.ts';

/**
 * next-auth over our own session rows: `authorize` is the sign-in command, the token names the row, and a session whose row
 * is revoked or over is nobody's.
 */
export function authOptions(): NextAuthOptions {
  return {
    secret: sessionSecret(),
    session: { strategy: 'jwt', maxAge: SESSION_DAYS * 86_400 },
    cookies: { sessionToken: sessionCookie() },
    pages: { signIn: '/sign-in', signOut: '/sign-out', error: '/sign-in' },
    providers: [
      CredentialsProvider({
        name: 'E-mail and password',
        credentials: {
          email: { label: 'E-mail', type: 'email' },
          password: { label: 'Password', type: 'password' },
          code: { label: 'Code, if you have two steps', type: 'text' },
        },
        authorize: async (credentials, request) => {
          const input = signInInput.safeParse(credentials);
          if (!input.success) return null;
          const sent = new Headers((request.headers ?? {}) as Record<string, string>);
          const visitor = { address: addressOf({ headers: sent }), label: labelOf(sent.get('user-agent')) };
          try {
            const code = input.data.code === '' ? undefined : input.data.code;
            const session = await signIn(visitor, { ...input.data, code, kind: 'browser' });
            if (session.codeNeeded) throw new Refusal('codeNeeded');
            return { id: session.userId, sessionId: session.sessionId };
          } catch (error) {
            if (error instanceof Refusal) throw new Error(error.sentence);
            log.error({ err: error }, 'sign-in failed');
            throw new Error('Something went wrong on our side. Try again in a moment.');
          }
        },
      }),
    ],
    callbacks: {
      jwt: ({ token, user }) => {
        if (user !== undefined && 'sessionId' in user) token.sessionId = user.sessionId;
        return token;
      },
      // What a client may read of a session: never the row's id.
      session: async ({ session, token }) => {
        const actor =
          typeof token.sessionId === 'string' ? await actorOfSession(token.sessionId, theWorld.now()) : null;
        const user = actor === null ? {} : { id: actor.userId, role: actor.role };
        return { expires: session.expires, user } as typeof session;
      },
    },
    events: {
      signOut: async ({ token }) => {
        const actor =
          typeof token?.sessionId === 'string' ? await actorOfSession(token.sessionId, theWorld.now()) : null;
        if (actor !== null) await revokeSession(actor, { id: actor.sessionId });
      },
    },
    logger: {
      error: (code, metadata) => log.error({ code, metadata }, 'next-auth'),
      warn: (code) => log.warn({ code }, 'next-auth'),
      debug: () => undefined,
    },
  };
}
