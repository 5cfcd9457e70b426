import { currentActor } from '#app/_edge/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld } from '#lib/base/time.ts';
import { env } from '#lib/io/env.ts';
import { log } from '#lib/io/log.ts';
import { noteExport } from '#lib/trust/note-export.ts';
import { ownData } from '#lib/trust/queries/own-data.ts';

export const dynamic = 'force-dynamic';

/** Everything about the viewer as one file, streamed. A POST: taking it is told to its owner, so no link that is looked ahead may do it. */
export async function POST(): Promise<Response> {
  const actor = await currentActor();
  const back = (path: string) => Response.redirect(`${env().publicUrl}${path}`, 303);
  if (actor === null) return back('/sign-in?next=/account/data');
  const now = theWorld.now();
  try {
    await noteExport(actor);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return back(error.reason === 'proofNeeded' ? '/account/prove?next=/account/data' : '/account/data?later=1');
  }
  const pieces = ownData(actor, now);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      } catch (error) {
        // Cut off, not closed: half a file must not look like a whole one.
        log.error({ err: error, user: actor.userId }, 'an export broke off');
        controller.error(error);
      }
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
  const name = `sublet-export-${now.toISOString().slice(0, 10)}.json`;
  return new Response(body, {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store',
    },
  });
}
