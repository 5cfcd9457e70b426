import type { NextRequest } from 'next/server';
import { Refusal } from '#lib/base/refusal.ts';
import { env } from '#lib/io/env.ts';
import { log } from '#lib/io/log.ts';
import { stopMails } from '#lib/notices/stop-mails.ts';

export const dynamic = 'force-dynamic';

type Context = { params: Promise<{ token: string }> };

/** A mail program ends mails of a kind by one POST, without cookies and without being led anywhere (RFC 8058). */
export async function POST(_request: NextRequest, context: Context): Promise<Response> {
  try {
    const { title } = await stopMails((await context.params).token);
    return new Response(`No more mails of: ${title}.\n`, { headers: { 'content-type': 'text/plain; charset=utf-8' } });
  } catch (error) {
    if (error instanceof Refusal)
      return new Response(`${error.sentence}\n`, {
        status: error.status,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
      });
    log.error({ err: error }, 'mails could not be ended by their link');
    return new Response('Something went wrong on our side. Try again in a moment.\n', { status: 500 });
  }
}

/** A person who follows the link is asked first: programs that look into mail open links, but press nothing. */
export async function GET(_request: NextRequest, context: Context): Promise<Response> {
  const { token } = await context.params;
  return Response.redirect(`${env().publicUrl}/unsubscribe?token=${encodeURIComponent(token)}`, 303);
}
