import { installer } from '#lib/agents/queries/served-files.ts';

export const dynamic = 'force-dynamic';

/** The installer of this market's agent, a POSIX shell program: `curl -fsSL …/install.sh | sudo sh -s -- CODE`. */
export async function GET(): Promise<Response> {
  return new Response(await installer(), {
    headers: { 'content-type': 'text/x-shellscript; charset=utf-8', 'cache-control': 'no-cache' },
  });
}
