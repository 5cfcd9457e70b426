import { signedHead } from '#lib/receipts/queries/log.ts';

export const dynamic = 'force-dynamic';

/** The signed head of the public log (c2sp.org/tlog-tiles). No login: everybody should see the same one. */
export async function GET(request: Request): Promise<Response> {
  const head = await signedHead();
  if (head === null) return new Response('Nothing is logged yet.\n', { status: 404 });
  const etag = `"${head.size}-${Buffer.from(head.root).toString('base64url')}"`;
  const headers = { etag, 'cache-control': 'no-cache', 'access-control-allow-origin': '*' };
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers });
  return new Response(head.note, { headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' } });
}
