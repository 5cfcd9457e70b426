import { theWorld, type World } from '#lib/base/time.ts';
import { env } from '#lib/io/env.ts';
import { log } from '#lib/io/log.ts';
import { failureOf, needStripe } from '#lib/io/stripe.ts';
import { type ClaimedSetup, claimRemoval, claimSetup } from './claim-card-work.ts';
import type { ProviderFailure, SessionFacts } from './payment.ts';
import { cardSaved, customerOf, dueCardWork } from './queries/cards.ts';
import { sessionAt, sessionFacts } from './queries/provider.ts';
import { closeSetup, recordCard, recordCustomer, recordRemoval, recordSetup } from './record-card.ts';

const MOST_AT_ONCE = 50;

/** Errand: asks the provider for the page on which a card is saved. Answers its address; null when there is none yet, and a sweep goes on. */
export async function askCardSetup(id: string, world: World = theWorld): Promise<string | null> {
  const setup = await claimSetup(id, world);
  if (setup === null) return null;
  if (setup.state === 'open') return setup.checkoutUrl;
  return recordSetup(setup, await openSession(setup, world), world);
}

async function openSession(setup: ClaimedSetup, world: World): Promise<SessionFacts | ProviderFailure> {
  const { publicUrl } = env();
  try {
    const customer = (await customerOf(setup.userId)) ?? (await newCustomer(setup, world));
    const session = await needStripe().checkout.sessions.create(
      {
        mode: 'setup',
        client_reference_id: setup.id,
        customer,
        allowed_payment_method_types: ['card'],
        metadata: { cardSetupId: setup.id },
        success_url: `${publicUrl}/wallet`,
        cancel_url: `${publicUrl}/wallet`,
      },
      { idempotencyKey: `cardSetup:${setup.id}:${setup.round}` },
    );
    return sessionFacts(session);
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    log.warn({ cardSetup: setup.id, failure: failure.code, said: failure.message }, 'no page to save a card on');
    return failure;
  }
}

async function newCustomer(setup: ClaimedSetup, world: World): Promise<string> {
  const made = await needStripe().customers.create(
    { email: setup.email, metadata: { userId: setup.userId } },
    { idempotencyKey: `customer:${setup.id}:${setup.round}` },
  );
  return recordCustomer(setup.userId, made.id, world);
}

/** Errand: tells the provider that a card was removed. One that it does not know any more is removed. */
export async function forgetCard(id: string, world: World = theWorld): Promise<void> {
  const paymentMethodId = await claimRemoval(id, world);
  if (paymentMethodId === null) return;
  try {
    await needStripe().paymentMethods.detach(paymentMethodId);
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    if (failure.kind !== 'refused') return;
  }
  await recordRemoval(id);
}

/** Sweep: goes on with cards that are to be saved or removed. Answers how many it looked at. */
export async function finishCardWork(world: World = theWorld): Promise<number> {
  const { setups, removals } = await dueCardWork(world.now(), MOST_AT_ONCE);
  const work = [...setups.map((id) => () => goOn(id, world)), ...removals.map((id) => () => forgetCard(id, world))];
  for (const each of work) {
    try {
      await each();
    } catch (error) {
      log.warn({ err: error }, 'a card could not be looked at; it waits');
    }
  }
  return work.length;
}

async function goOn(id: string, world: World): Promise<void> {
  const setup = await claimSetup(id, world);
  if (setup === null) return;
  if (setup.sessionId === null) {
    await recordSetup(setup, await openSession(setup, world), world);
    return;
  }
  const session = await sessionAt(setup.sessionId);
  const card = session.setupId === null ? null : await cardSaved(id, session.setupId);
  if (card !== null) await recordCard(card, world);
  else if (session.status === 'expired') await closeSetup(id);
}
