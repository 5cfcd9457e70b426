import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { servedFile, servedFiles } from '#lib/agents/queries/served-files.ts';

export const dynamic = 'force-dynamic';

/** What the installer and agents fetch: the agent, Node.js, the ssh tools; `index.json` names them with their SHA-256. */
export async function GET(request: Request, { params }: { params: Promise<{ name: string }> }): Promise<Response> {
  const { name } = await params;
  if (name === 'index.json') {
    return Response.json({ files: await servedFiles() }, { headers: { 'cache-control': 'no-cache' } });
  }
  const file = await servedFile(name);
  if (file === null) return Response.json({ reason: 'notFound' }, { status: 404 });
  const etag = `"${file.sha256}"`;
  const headers = { etag, 'cache-control': 'no-cache' };
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers });
  const body = Readable.toWeb(createReadStream(file.path)) as ReadableStream<Uint8Array>;
  return new Response(body, {
    headers: { ...headers, 'content-type': 'application/octet-stream', 'content-length': String(file.bytes) },
  });
}
