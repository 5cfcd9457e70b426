import { readiness } from '#app/_edge/readiness.ts';

export const dynamic = 'force-dynamic';

/** 200 when everything that a rental needs is up, else 503; the body says what is. */
export async function GET(): Promise<Response> {
  const state = await readiness();
  return Response.json(state, { status: state.ok ? 200 : 503, headers: { 'cache-control': 'no-store' } });
}
