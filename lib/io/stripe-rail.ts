import Stripe from 'stripe';
import {
  type AccountRail,
  type MovementRail,
  type PayoutRail,
  ProviderRefusal,
  type SeenAccount,
  type SeenBankPayout,
  type SeenMovement,
  type SeenTransfer,
} from '#lib/payments/payout-rail.ts';

const CENT_MICROS = 10_000n;
/** How far back a bank payout is looked for: a host has one or two a week. */
const MOST_BANK_PAYOUTS = 500;

/**
 * Payouts by Stripe Connect, separate charges and transfers: docs.stripe.com/connect/separate-charges-and-transfers. Our
 * payout's id stands in `transfer_group` of the transfer and in the metadata of everything, so that it is found again however
 * long ago it was made. Amounts are whole cents. Throws {@link ProviderRefusal} where Stripe says no, and whatever the package throws where it is not known what happened.
 */
export function stripeRail(stripe: Stripe): PayoutRail & AccountRail & MovementRail {
  const transferById = async (id: string) => seenTransfer(await said(stripe.transfers.retrieve(id)));
  return {
    findTransfer: async (payoutId) => {
      const { data } = await said(stripe.transfers.list({ transfer_group: payoutId, limit: 1 }));
      return data[0] === undefined ? null : seenTransfer(data[0]);
    },
    transfer: async ({ payoutId, amountMicros, accountId, key }) => {
      const wanted = {
        amount: cents(amountMicros),
        currency: 'usd',
        destination: accountId,
        transfer_group: payoutId,
        metadata: { sublet: payoutId },
      };
      return seenTransfer(await said(stripe.transfers.create(wanted, { idempotencyKey: key })));
    },
    transferById,
    fetchBack: async ({ payoutId, transferId, key }) => {
      const metadata = { sublet: payoutId };
      await said(stripe.transfers.createReversal(transferId, { metadata }, { idempotencyKey: key }));
      return transferById(transferId);
    },
    findBankPayout: async ({ payoutId, accountId }) => {
      let seen = 0;
      for await (const payout of stripe.payouts.list({ limit: 100 }, { stripeAccount: accountId })) {
        if (payout.metadata?.sublet === payoutId) return seenBankPayout(payout);
        seen += 1;
        if (seen >= MOST_BANK_PAYOUTS) break;
      }
      return null;
    },
    payToBank: async ({ payoutId, amountMicros, accountId, key }) => {
      const wanted = { amount: cents(amountMicros), currency: 'usd', metadata: { sublet: payoutId } };
      const options = { stripeAccount: accountId, idempotencyKey: key };
      return seenBankPayout(await said(stripe.payouts.create(wanted, options)));
    },
    bankPayoutById: async (accountId, id) =>
      seenBankPayout(await said(stripe.payouts.retrieve(id, {}, { stripeAccount: accountId }))),
    openAccount: async ({ hostId, email, country, key }) => {
      const account = await said(
        stripe.v2.core.accounts.create(
          {
            contact_email: email,
            dashboard: 'express',
            identity: { country: country.toLowerCase() },
            defaults: { responsibilities: { fees_collector: 'application', losses_collector: 'application' } },
            configuration: {
              recipient: { capabilities: { stripe_balance: { stripe_transfers: { requested: true } } } },
            },
            metadata: { sublet: hostId },
          },
          { idempotencyKey: key },
        ),
      );
      return account.id;
    },
    onboardingUrl: async ({ accountId, returnUrl, refreshUrl }) => {
      const link = await said(
        stripe.v2.core.accountLinks.create({
          account: accountId,
          use_case: {
            type: 'account_onboarding',
            account_onboarding: {
              return_url: returnUrl,
              refresh_url: refreshUrl,
            },
          },
        }),
      );
      return link.url;
    },
    accountById: async (accountId) => {
      const include = ['configuration.recipient', 'requirements'] as const;
      const account = await said(stripe.v2.core.accounts.retrieve(accountId, { include: [...include] }));
      const seen = seenAccount(account);
      // Otherwise Stripe pays to the bank by itself each day, and nobody could say which payout arrived.
      if (seen.payoutsEnabled)
        await said(
          stripe.balanceSettings.update(
            { payments: { payouts: { schedule: { interval: 'manual' } } } },
            { stripeAccount: accountId },
          ),
        );
      return seen;
    },
    movements: async ({ from, until, after }) => {
      const page = await said(
        stripe.balanceTransactions.list({
          limit: 100,
          created: { gte: Math.floor(from.getTime() / 1_000), lte: Math.floor(until.getTime() / 1_000) },
          expand: ['data.source'],
          ...(after === null ? {} : { starting_after: after }),
        }),
      );
      return { rows: page.data.map(seenMovement), more: page.has_more };
    },
  };
}

function cents(micros: bigint): number {
  if (micros % CENT_MICROS !== 0n) throw new TypeError('Stripe moves whole cents');
  return Number(micros / CENT_MICROS);
}

function seenTransfer(transfer: Stripe.Transfer): SeenTransfer {
  return {
    transferId: transfer.id,
    payoutId: transfer.transfer_group,
    amountMicros: BigInt(transfer.amount) * CENT_MICROS,
    returnedMicros: BigInt(transfer.amount_reversed) * CENT_MICROS,
  };
}

function seenBankPayout(payout: Stripe.Payout): SeenBankPayout {
  const { status } = payout;
  const bank = status === 'paid' ? 'paid' : status === 'failed' || status === 'canceled' ? 'failed' : 'pending';
  const why = payout.failure_message ?? (status === 'canceled' ? 'The payout to the bank was cancelled.' : null);
  return {
    bankPayoutId: payout.id,
    payoutId: payout.metadata?.sublet ?? null,
    bank,
    failure: bank === 'failed' ? why : null,
  };
}

function seenAccount(account: Stripe.V2.Core.Account): SeenAccount {
  const balance = account.configuration?.recipient?.capabilities?.stripe_balance;
  const missing = (account.requirements?.entries ?? [])
    .filter((entry) => entry.awaiting_action_from === 'user' && entry.minimum_deadline.status !== 'eventually_due')
    .map((entry) => entry.description);
  const details = balance?.stripe_transfers?.status_details ?? [];
  const hopeless = details.find(
    (detail) => detail.resolution !== 'provide_info' && /^rejected|^unsupp/.test(detail.code),
  );
  return {
    detailsSubmitted: missing.length === 0,
    transfersActive: balance?.stripe_transfers?.status === 'active',
    payoutsEnabled: balance?.payouts?.status === 'active',
    disabledReason: account.closed === true ? 'closed' : (hopeless?.code ?? null),
    missing,
  };
}

/** What a source of a balance transaction may name: https://docs.stripe.com/api/balance_transactions/object */
const NAMES = ['id', 'payment_intent', 'charge', 'transfer', 'transfer_group'] as const;

function seenMovement(row: Stripe.BalanceTransaction): SeenMovement {
  const source: unknown = row.source;
  const refs = new Set<string>();
  if (typeof source === 'string') refs.add(source);
  if (typeof source === 'object' && source !== null) {
    for (const name of NAMES) addRef(refs, Reflect.get(source, name));
    const metadata: unknown = Reflect.get(source, 'metadata');
    if (typeof metadata === 'object' && metadata !== null)
      for (const value of Object.values(metadata)) addRef(refs, value);
  }
  return {
    id: row.id,
    kind: row.type,
    netMicros: BigInt(row.net) * CENT_MICROS,
    feeMicros: BigInt(row.fee) * CENT_MICROS,
    refs: [...refs].slice(0, 20),
    at: new Date(row.created * 1_000),
  };
}

function addRef(refs: Set<string>, value: unknown): void {
  if (typeof value === 'string' && /^[\w-]{3,100}$/.test(value)) refs.add(value);
  else if (typeof value === 'object' && value !== null) addRef(refs, Reflect.get(value, 'id'));
}

/** Tells a no from not knowing. What Stripe refused keeps its answer under its key; so does an error of its own. */
async function said<Answer>(asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    const status = error.statusCode ?? 0;
    const code = error.code ?? error.type;
    const refused = error instanceof Stripe.errors.StripeInvalidRequestError && [400, 402, 404].includes(status);
    if (refused) throw new ProviderRefusal(code, error.message, code !== 'balance_insufficient');
    if (status >= 500 && error.headers?.['idempotent-replayed'] === 'true')
      throw new ProviderRefusal('replayed', error.message, false);
    throw error;
  }
}
