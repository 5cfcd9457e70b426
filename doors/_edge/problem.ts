import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { newSecret } from '#lib/base/id.ts';
import { Refusal, type RefusalDetail, type RefusalReason } from '#lib/base/refusal.ts';
import { isDatabaseAway } from '#lib/io/db.ts';
import { log } from '#lib/io/log.ts';

/** RFC 9457 problem details, with our reason and what the refusal carries beside them. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly reason: RefusalReason | 'internal';
  readonly requestId?: string;
  readonly fields?: RefusalDetail;
};

export function problemOf(refusal: Refusal): Problem {
  return {
    type: `/problems/${refusal.reason}`,
    title: refusal.reason,
    status: refusal.status,
    detail: refusal.sentence,
    reason: refusal.reason,
    ...(Object.keys(refusal.detail).length === 0 ? {} : { fields: refusal.detail }),
  };
}

function respond(problem: Problem, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  });
}

/** The answer to a refusal; too many attempts say when to come back. */
export function refuse(refusal: Refusal): Response {
  const wait = refusal.detail.retryAfterSeconds;
  return respond(problemOf(refusal), typeof wait === 'number' ? { 'retry-after': String(wait) } : {});
}

const AGAIN_SECONDS = 2;

/**
 * What a door answers when something was thrown: a refusal as it is; a database that is away or too busy, 503 and when to ask again;
 * anything else is a bug, logged under an id that the asker sees.
 */
export function answerError(error: unknown, context: Context): Response {
  if (error instanceof Refusal) return refuse(error);
  if (error instanceof HTTPException && error.status < 500)
    return refuse(new Refusal(error.status === 413 ? 'tooLarge' : 'malformed'));
  if (isDatabaseAway(error)) {
    log.error({ err: error, path: context.req.path }, 'the database does not answer');
    return refuse(new Refusal('unavailable', { retryAfterSeconds: AGAIN_SECONDS }));
  }
  const requestId = newSecret();
  log.error({ err: error, requestId, method: context.req.method, path: context.req.path }, 'a door failed');
  return respond({
    type: '/problems/internal',
    title: 'internal',
    status: 500,
    detail: `Something broke on our side. Nothing was charged for it. If it happens again, tell the operators this id: ${requestId}.`,
    reason: 'internal',
    requestId,
  });
}

export function answerNotFound(): Response {
  return refuse(new Refusal('notFound'));
}
