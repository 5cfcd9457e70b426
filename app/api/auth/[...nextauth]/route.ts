import type { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { authOptions } from '#app/_edge/auth-options.ts';
import { env } from '#lib/io/env.ts';

export const dynamic = 'force-dynamic';

type Context = { params: Promise<{ nextauth: string[] }> };

/** next-auth's own doors (session, csrf, callback/credentials, signout), over the same sessions as the pages. */
async function answer(request: NextRequest, context: Context): Promise<Response> {
  process.env.NEXTAUTH_URL ||= env().publicUrl;
  return NextAuth(request, context, authOptions()) as Promise<Response>;
}

export { answer as GET, answer as POST };
