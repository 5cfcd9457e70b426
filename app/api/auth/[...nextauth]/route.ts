import type { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { currentActor } from '#app/_edge/actor.ts';
import { authOptions } from '#app/_edge/auth-options.ts';
import { env } from '#lib/io/env.ts';
import { log } from '#lib/io/log.ts';

export const dynamic = 'force-dynamic';

type Context = { params: Promise<{ nextauth: string[] }> };

/** What next-auth does here; the rest of its paths belong to providers that this market does not have. */
const DOORS: Record<string, readonly string[]> = {
  GET: ['session', 'csrf', 'providers', 'signin', 'signout', 'error'],
  POST: ['callback/credentials', 'signout', 'session', '_log'],
};

/** next-auth's own doors, over the same session rows as the pages. */
async function answer(request: NextRequest, context: Context): Promise<Response> {
  const path = (await context.params).nextauth.join('/');
  if (!DOORS[request.method]?.includes(path))
    return Response.json({ message: 'There is nothing here.' }, { status: 404 });
  try {
    // A session whose row is revoked or over is nobody's, however well its cookie is signed.
    if (path === 'session' && (await currentActor()) === null) return Response.json({});
    process.env.NEXTAUTH_URL ||= env().publicUrl;
    return (await NextAuth(request, context, authOptions())) as Response;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError)
      return Response.json({ message: 'The request could not be read.' }, { status: 400 });
    log.error({ err: error, path }, 'next-auth failed');
    return Response.json({ message: 'Something went wrong on our side. Try again in a moment.' }, { status: 500 });
  }
}

export { answer as GET, answer as POST };
