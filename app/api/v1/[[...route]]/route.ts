import { currentActor } from '#app/_edge/actor.ts';
import { addressOf } from '#app/_edge/address.ts';
import { v1 } from '#doors/v1/app.ts';

export const dynamic = 'force-dynamic';

/** The public API is mounted here; the cookie of a browser may read through it. */
async function answer(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const inner = new Request(new URL(pathname.replace(/^\/api\/v1/, '') + search, request.url), request);
  return v1.fetch(inner, {
    address: addressOf(request),
    cookieActor: request.method === 'GET' ? await currentActor() : null,
  });
}

export { answer as DELETE, answer as GET, answer as PATCH, answer as POST, answer as PUT };
