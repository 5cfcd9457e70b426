import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { log } from '#lib/io/log.ts';
import { theStripe } from '#lib/io/stripe.ts';
import type { ChargebackFacts } from './chargeback.ts';
import { chargebackAt, dueChargebacks, untoldChargebacks } from './queries/chargebacks.ts';
import { intentOfCharge, paymentAt } from './queries/provider.ts';
import { recordChargeback } from './record-chargeback.ts';
import { settleTopUp } from './settle-top-up.ts';
import type { WaitingWebhook, WebhookOutcome } from './webhook.ts';

const MOST_AT_ONCE = 100;
const LOOKED_BACK_SECONDS = 7 * 86_400;

/** Webhooks about a chargeback: the books are made to fit how it stands now. */
export async function syncChargeback(webhook: WaitingWebhook, world: World): Promise<WebhookOutcome> {
  return (await sync(await chargebackAt(webhook.objectId), world)) ? 'handled' : 'notOurs';
}

/** The payment itself comes first: news of it may still be on its way. */
async function sync(facts: ChargebackFacts, world: World): Promise<boolean> {
  if (await recordChargeback(facts, world)) return true;
  const intentId = await intentOfCharge(facts.chargeId);
  if (intentId === null || (await settleTopUp(await paymentAt(intentId), world)) === 'notOurs') return false;
  return recordChargeback(facts, world);
}

/** Sweep: asks about open chargebacks of which nothing was heard for a day, and for those of the last week that no webhook told of. Answers how many. */
export async function finishChargebacks(world: World = theWorld): Promise<number> {
  if (theStripe() === null) return 0;
  const now = world.now();
  const due = await dueChargebacks(now, MOST_AT_ONCE);
  let done = 0;
  const look = async (disputeId: string, facts: () => Promise<ChargebackFacts>) => {
    try {
      if (await sync(await facts(), world)) done += 1;
    } catch (error) {
      log.warn({ err: error, dispute: disputeId }, 'a chargeback could not be looked at; it waits');
    }
  };
  for (const id of due) await look(id, () => chargebackAt(id));
  for (const facts of await untoldChargebacks(addSeconds(now, -LOOKED_BACK_SECONDS)))
    await look(facts.disputeId, async () => facts);
  return done;
}
