import { randomBytes } from 'node:crypto';
import type { Actor } from '#lib/base/actor.ts';
import { db } from '#lib/io/db.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { handleWebhooks } from '#lib/payments/handle-webhooks.errand.ts';
import { storeWebhook } from '#lib/payments/store-webhook.ts';
import { readWebhook } from '#lib/payments/webhook.ts';
import { WEBHOOK_HANDLERS } from '#worker/webhook-handlers.ts';
import { hostWith } from './payouts.ts';
import type { MovableClock } from './rental.ts';
import { connectHandlers } from './stripe-double/connect.ts';
import type { Thing } from './stripe-double/document.ts';
import { book } from './stripe-double/money.ts';
import type { Sent } from './stripe-double/provider.ts';
import { type StripeDouble, startStripeDouble } from './stripe-double/server.ts';

/** A double of Stripe whose clock is the test's and which this process takes for Stripe from now on. */
export async function stripeAt(clock: MovableClock): Promise<StripeDouble> {
  const double = await startStripeDouble({ now: () => Math.floor(clock.now().getTime() / 1_000) });
  Object.assign(process.env, double.env, { STRIPE_NETWORK_RETRIES: '0' });
  forgetEnv();
  return double;
}

/** No more Stripe: tests that follow have the sandbox again. */
export async function noStripe(double: StripeDouble): Promise<void> {
  for (const name of [...Object.keys(double.env), 'STRIPE_NETWORK_RETRIES']) delete process.env[name];
  forgetEnv();
  await double.close();
}

/** Money of the platform's at Stripe, in cents: as if renters had paid, or, below zero, as if it had been withdrawn. */
export function fund(double: StripeDouble, cents: number): void {
  const source = `tu_${randomBytes(6).toString('hex')}`;
  book(double.provider, { owner: 'platform', type: 'topup', category: 'topup', amount: cents, source });
}

/** A host with earnings and an account at the double that can be paid, past the pages of onboarding. */
export async function hostAtStripe(
  double: StripeDouble,
  dollars: number,
  clock: MovableClock,
): Promise<Actor & { readonly accountId: string }> {
  const host = await hostWith(dollars, clock);
  const wanted = { recipient: { capabilities: { stripe_balance: { stripe_transfers: { requested: true } } } } };
  const body: Thing = { configuration: wanted };
  const asked = { provider: double.provider, owner: 'platform' as const, ids: [], body, query: {}, base: double.url };
  const accountId = String(connectHandlers['POST /v2/core/accounts'](asked).id);
  double.act.onboard(accountId);
  await db.payoutAccount.create({
    data: {
      hostId: host.userId,
      provider: 'stripe',
      country: 'US',
      providerAccountId: accountId,
      detailsSubmitted: true,
      transfersActive: true,
      payoutsEnabled: true,
      missing: [],
      createdAt: clock.now(),
      checkedAt: clock.now(),
    },
  });
  return { ...host, accountId };
}

/** These webhooks come in, as they are, and whatever waits in the inbox is handled. */
export async function hear(events: readonly Sent[], clock: MovableClock): Promise<void> {
  for (const event of events) {
    const notice = readWebhook(event.body);
    if (notice === null) throw new Error(`the double sent what is no webhook: ${event.body}`);
    await storeWebhook(notice, clock.world);
  }
  while ((await handleWebhooks(WEBHOOK_HANDLERS, clock.world)) > 0);
}

/** What the double knows of a payout: its transfers, and the payouts to the bank. More than one of either is paid twice. */
export function atStripe(double: StripeDouble, payoutId: string, accountId: string) {
  const transfers = double.provider.all('transfer', 'platform').filter((row) => row.transfer_group === payoutId);
  const banks = double.provider
    .all('payout', accountId as `acct_${string}`)
    .filter((row) => (row.metadata as Thing).sublet === payoutId);
  return { transfers, banks };
}
