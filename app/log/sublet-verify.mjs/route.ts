import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const dynamic = 'force-dynamic';

/** The verifier of bills as one file that needs nothing but Node. It is that of the repository, to compare it with. */
export async function GET(): Promise<Response> {
  const text = await readFile(join(process.cwd(), 'bin', 'verify.mjs'), 'utf8');
  return new Response(text, {
    headers: {
      'content-type': 'text/javascript; charset=utf-8',
      'content-disposition': 'attachment; filename="sublet-verify.mjs"',
      'cache-control': 'no-cache',
    },
  });
}
