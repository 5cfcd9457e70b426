import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { codeAttempts } from './attempt.ts';
import { countAttempts, giveBackAttempts } from './count-attempts.ts';
import { countWrongCode } from './count-wrong-code.ts';
import { openSession } from './open-session.ts';
import { halfwayIn } from './queries/two-step.ts';
import type { CodeInput } from './schema.ts';
import { takeSecondStep } from './take-second-step.ts';
import type { Visitor } from './visitor.ts';

/**
 * The second half of a sign-in: a code of the app or a recovery code for the session that the password began. Answers a
 * session with a name of its own, so that nobody holds it who saw the first half. Refuses: `unauthenticated` when it waited
 * too long, `codeWrong` (`code`), `tooManyAttempts`.
 */
export async function finishSignIn(
  visitor: Visitor,
  input: CodeInput & { readonly sessionId: string },
  world: World = theWorld,
): Promise<{ readonly userId: string; readonly sessionId: string }> {
  const now = world.now();
  const waiting = await halfwayIn(input.sessionId, now);
  if (waiting === null)
    throw new Refusal('unauthenticated', {}, 'That took too long, or was finished already. Sign in again.');
  const { userId } = waiting;
  const attempts = codeAttempts(userId, input.code);
  await inTransaction('finish-sign-in: count', (tx) => countAttempts(tx, attempts, now));
  const done = await inTransaction('finish-sign-in', async (tx) => {
    const step = await takeSecondStep(tx, userId, input.code, now);
    if (step === null) {
      // Committed: a wrong code is a fact, and its point stays counted. The sign-in waits on.
      await countWrongCode(tx, userId, now);
      return null;
    }
    const { count } = await tx.session.updateMany({
      where: { id: input.sessionId, kind: 'halfway', revokedAt: null },
      data: { revokedAt: now },
    });
    if (count === 0) throw new Refusal('conflict');
    const sessionId = await openSession(tx, userId, 'browser', visitor, now, null, true);
    await giveBackAttempts(tx, attempts);
    const data = { sessionKind: 'browser', label: visitor.label, secondStep: step };
    await recordEvent(tx, { userId }, { kind: 'session.begun', userId, data }, now);
    if (step === 'recovery') await recordEvent(tx, { userId }, { kind: 'twoStep.recovered', userId }, now);
    return { userId, sessionId };
  });
  if (done !== null) return done;
  throw new Refusal('codeWrong', { field: 'code' });
}
