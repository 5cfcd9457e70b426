import { THE_MARKET } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { PAUSED_REASONS, type PausedReason } from './automatic-top-up.ts';
import { pauseAutomatic } from './pause-automatic.ts';
import type { ProviderFailure } from './payment.ts';

/**
 * Notes that a card did not pay by itself: the payment failed, and nothing more is taken until its owner says so. `broken` and known to have done
 * nothing: it is asked anew. `unreachable` for too long, or `unwanted` by now: it is given up, without a pause.
 */
export async function failAutomatic(
  topUpId: string,
  failure: Pick<ProviderFailure, 'kind' | 'code'>,
  world: World = theWorld,
): Promise<void> {
  const now = world.now();
  await inTransaction('fail-automatic', async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM top_ups WHERE id = ${topUpId} FOR NO KEY UPDATE`;
    const row = await tx.topUp.findUniqueOrThrow({ where: { id: topUpId } });
    if (row.state !== 'asked') return;
    if (failure.kind === 'broken') {
      await tx.topUp.update({ where: { id: topUpId }, data: { round: row.round + 1 } });
      return;
    }
    const reason = reasonOf(failure);
    const word = reason ?? (failure.code === 'unwanted' ? failure.code : 'unreachable');
    await tx.topUp.update({ where: { id: topUpId }, data: { state: 'failed', failure: word, nextTryAt: null } });
    if (reason === null) return;
    await pauseAutomatic(tx, row.userId, reason, now);
    const data = { topUpId, reason, amountMicros: row.amountMicros.toString() };
    const event = { kind: 'wallet.automaticPaused', userId: row.userId, reason: PAUSED_REASONS[reason], data } as const;
    await recordEvent(tx, THE_MARKET, event, now);
  });
}

function reasonOf({ kind, code }: Pick<ProviderFailure, 'kind' | 'code'>): PausedReason | null {
  if (kind === 'unreachable') return null;
  if (kind === 'refused') return 'refused';
  return code === 'authentication_required' ? 'authentication' : 'declined';
}
