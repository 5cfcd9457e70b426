import { witnessedNotes } from '#lib/receipts/queries/log.ts';

export const dynamic = 'force-dynamic';

/** Checkpoints that machines saw lately, with a form feed between two: whoever saw another history can tell. */
export async function GET(): Promise<Response> {
  return new Response((await witnessedNotes()).join('\f'), {
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-cache',
      'access-control-allow-origin': '*',
    },
  });
}
