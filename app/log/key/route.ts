import { logKeyOf } from '#lib/receipts/queries/log.ts';

export const dynamic = 'force-dynamic';

/** The public log's name and key in one line, to compare with what others see. */
export async function GET(): Promise<Response> {
  const key = await logKeyOf();
  if (key === null) return new Response('Nothing is logged yet.\n', { status: 404 });
  return new Response(`${key.line}\n`, {
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-cache',
      'access-control-allow-origin': '*',
    },
  });
}
