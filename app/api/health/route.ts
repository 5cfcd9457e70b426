export const dynamic = 'force-dynamic';

/** This process lives. Says nothing about anything else: see /api/ready. */
export function GET(): Response {
  return Response.json({ ok: true });
}
