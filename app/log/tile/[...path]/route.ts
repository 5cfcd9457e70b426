import { tileBytes } from '#lib/receipts/queries/log.ts';
import { TILE_WIDTH, tileAt } from '#protocol/log-tiles.ts';

export const dynamic = 'force-dynamic';

/** Hashes and entries of the public log in tiles (c2sp.org/tlog-tiles). A full one never changes; one that is not full will be full. */
export async function GET(_: Request, { params }: { params: Promise<{ path: string[] }> }): Promise<Response> {
  const tile = tileAt(`tile/${(await params).path.join('/')}`);
  const bytes = tile === null ? null : await tileBytes(tile);
  if (tile === null || bytes === null) return new Response('There is no such tile.\n', { status: 404 });
  return new Response(new Uint8Array(bytes), {
    headers: {
      'content-type': 'application/octet-stream',
      'cache-control': tile.width === TILE_WIDTH ? 'public, max-age=31536000, immutable' : 'no-cache',
      'access-control-allow-origin': '*',
    },
  });
}
