import type { Thing } from './document.ts';
import { book, requireBalance } from './money.ts';
import { type Asked, invalid, mergedMetadata, type Owner, type Provider, page, partOf } from './provider.ts';
import type { Json } from './schema.ts';

/** What only `include` shows of an account of API v2. */
const ON_REQUEST = ['configuration', 'identity', 'requirements', 'future_requirements', 'defaults'];

/** Accounts of API v2 as they are, with everything. */
const accounts = new WeakMap<Provider, Map<string, Thing>>();

function accountsOf(provider: Provider): Map<string, Thing> {
  let known = accounts.get(provider);
  if (known === undefined) {
    known = new Map();
    accounts.set(provider, known);
  }
  return known;
}

function accountOf(provider: Provider, id: Json | undefined, param: string | null = null): Thing {
  const found = accountsOf(provider).get(String(id));
  if (found === undefined) throw invalid(`No such account: '${String(id)}'`, param, 'resource_missing');
  return found;
}

/** An account as it is answered: what was not asked for is null. */
function shown(account: Thing, include: Json | undefined): Thing {
  const asked = Array.isArray(include) ? include.map(String) : [];
  const rest = Object.fromEntries(Object.entries(account).filter(([key]) => !key.startsWith('_')));
  for (const key of ON_REQUEST) if (!asked.some((each) => each.split('.')[0] === key)) rest[key] = null;
  return structuredClone(rest);
}

function recipient(transfers: boolean | null, status: 'active' | 'restricted' | 'pending'): Thing {
  const details: Json[] = status === 'active' ? [] : [{ code: 'requirements_past_due', resolution: 'provide_info' }];
  const capability: Thing = { status, status_details: details };
  return {
    applied: true,
    capabilities:
      transfers === true
        ? { stripe_balance: { payouts: capability, stripe_transfers: capability } }
        : { stripe_balance: null },
    default_outbound_destination: null,
  };
}

/** What is still missing before money may flow, as Stripe lists it. */
function requirements(missing: readonly string[]): Thing {
  return {
    entries: missing.map((description) => ({
      awaiting_action_from: 'user',
      description,
      errors: [],
      impact: {
        restricts_capabilities: [
          {
            capability: 'stripe_balance.stripe_transfers',
            configuration: 'recipient',
            deadline: { status: 'past_due' },
          },
        ],
      },
      minimum_deadline: { status: 'past_due', time: null },
      requested_reasons: [{ code: 'routine_onboarding' }],
    })),
    summary: missing.length === 0 ? null : { minimum_deadline: { status: 'past_due', time: null } },
  };
}

function tell(provider: Provider, account: Thing): void {
  const id = String(account.id) as Owner & string;
  const about = { id, type: 'v2.core.account', url: `/v2/core/accounts/${id}` };
  provider.emitThin('v2.core.account[requirements].updated', about);
  provider.emitThin('v2.core.account[configuration.recipient].capability_status_updated', about);
  provider.emit('account.updated', oldShape(provider, account), id);
}

/** The same account as API v1 tells it. */
function oldShape(provider: Provider, account: Thing): Thing {
  const open = account._open === true;
  return {
    id: account.id ?? '',
    object: 'account',
    country: partOf(account.identity).country ?? null,
    created: provider.now(),
    default_currency: 'usd',
    details_submitted: account._submitted === true,
    charges_enabled: false,
    payouts_enabled: open,
    capabilities: { transfers: open ? 'active' : 'inactive' },
    email: account.contact_email ?? null,
    metadata: account.metadata ?? {},
    external_accounts: {
      object: 'list',
      data: [],
      has_more: false,
      url: `/v1/accounts/${String(account.id)}/external_accounts`,
    },
  };
}

/** The host filled in Stripe's form: from now on money may flow, or, with `open: false`, something is still missing. */
export function onboard(provider: Provider, id: string, { open = true }: { readonly open?: boolean } = {}): void {
  const account = accountOf(provider, id);
  const missing = open ? [] : ['identity.individual.documents.primary_verification'];
  Object.assign(account, {
    _open: open,
    _submitted: true,
    configuration: { recipient: recipient(true, open ? 'active' : 'restricted') },
    requirements: requirements(missing),
  });
  tell(provider, account);
}

/** Where the onboarding page sends its visitor, by the account link. */
export const links = new Map<
  string,
  { readonly account: string; readonly returnUrl: string; readonly refreshUrl: string; used: boolean }
>();

/** A payout on its way arrives, or its bank refuses it. */
export function settlePayout(provider: Provider, id: string, outcome: 'paid' | 'failed'): Thing {
  const owner = provider.ownerOf(id);
  const payout = provider.find('payout', id, owner);
  if (!['pending', 'in_transit'].includes(String(payout.status)) && outcome === 'paid') return payout;
  if (['failed', 'canceled'].includes(String(payout.status))) return payout;
  if (outcome === 'paid') {
    provider.change(payout, { status: 'paid' });
    provider.emit('payout.paid', payout, owner);
    return payout;
  }
  const booked = book(provider, {
    owner,
    type: 'payout_failure',
    category: 'payout_reversal',
    amount: Number(payout.amount),
    source: id,
  });
  provider.change(payout, {
    status: 'failed',
    failure_code: 'account_closed',
    failure_message: 'The bank account has been closed.',
    failure_balance_transaction: booked.id ?? null,
  });
  provider.emit('payout.failed', payout, owner);
  return payout;
}

export const connectHandlers = {
  'POST /v2/core/accounts': ({ provider, body }: Asked): Thing => {
    const id = provider.newId('acct');
    const wanted = partOf(partOf(partOf(partOf(body.configuration).recipient).capabilities).stripe_balance);
    const isRecipient = partOf(body.configuration).recipient !== undefined;
    const account: Thing = {
      id,
      object: 'v2.core.account',
      applied_configurations: isRecipient ? ['recipient'] : [],
      closed: false,
      configuration: isRecipient ? { recipient: recipient(wanted.stripe_transfers !== undefined, 'restricted') } : {},
      contact_email: body.contact_email ?? null,
      contact_phone: null,
      created: new Date(provider.now() * 1_000).toISOString(),
      dashboard: body.dashboard ?? null,
      defaults: body.defaults ?? null,
      display_name: body.display_name ?? null,
      future_requirements: null,
      identity: body.identity ?? null,
      livemode: false,
      metadata: body.metadata ?? {},
      requirements: requirements([
        'identity.individual.given_name',
        'configuration.recipient.default_outbound_destination',
      ]),
      _open: false,
      _submitted: false,
    };
    accountsOf(provider).set(id, account);
    provider.emitThin('v2.core.account.created', { id, type: 'v2.core.account', url: `/v2/core/accounts/${id}` });
    return shown(account, body.include);
  },
  'GET /v2/core/accounts': ({ provider }: Asked): Thing => ({
    data: [...accountsOf(provider).values()].reverse().map((account) => shown(account, undefined)),
    next_page_url: null,
    previous_page_url: null,
  }),
  'GET /v2/core/accounts/{id}': ({ provider, ids, query }: Asked): Thing =>
    shown(accountOf(provider, ids[0]), query.include),
  'POST /v2/core/accounts/{id}': ({ provider, ids, body }: Asked): Thing => {
    const account = accountOf(provider, ids[0]);
    const { include, metadata, ...rest } = body;
    Object.assign(account, rest, { metadata: mergedMetadata(account.metadata, metadata) });
    return shown(account, include);
  },
  'POST /v2/core/account_links': ({ provider, body, base }: Asked): Thing => {
    const account = accountOf(provider, body.account, 'account');
    const useCase = partOf(body.use_case);
    const flow = partOf(useCase[String(useCase.type)]);
    const token = provider.newId('link');
    links.set(token, {
      account: String(account.id),
      returnUrl: String(flow.return_url ?? flow.refresh_url),
      refreshUrl: String(flow.refresh_url),
      used: false,
    });
    return {
      object: 'v2.core.account_link',
      account: account.id ?? '',
      created: new Date(provider.now() * 1_000).toISOString(),
      expires_at: new Date((provider.now() + 300) * 1_000).toISOString(),
      livemode: false,
      url: `${base}/onboarding/${token}`,
      use_case: useCase,
    };
  },
  'GET /v2/core/events/{id}': ({ provider, ids }: Asked): Thing => {
    const found = provider.any(ids[0]);
    if (found === undefined || found.object !== 'v2.core.event') throw invalid(`No such event: '${ids[0]}'`);
    return found;
  },
  'GET /v1/accounts/{account}': ({ provider, ids }: Asked): Thing => oldShape(provider, accountOf(provider, ids[0])),
  'POST /v1/balance_settings': ({ provider, owner, body }: Asked): Thing => {
    const account = accountOf(provider, owner);
    const { schedule = { interval: 'daily' } } = partOf(partOf(body.payments).payouts);
    account._schedule = schedule;
    const status = account._open === true ? 'enabled' : 'disabled';
    return {
      object: 'balance_settings',
      payments: { debit_negative_balances: true, payouts: { schedule, statement_descriptor: null, status } },
    };
  },
  'POST /v1/transfers': ({ provider, owner, body }: Asked): Thing => {
    const { amount = 0, currency, destination, description, metadata, transfer_group, source_transaction } = body;
    const account = accountOf(provider, destination, 'destination');
    const to = String(account.id) as Owner;
    if (currency !== 'usd') throw invalid('This double moves usd only.', 'currency');
    if (Number(amount) < 1) throw invalid('Invalid positive integer', 'amount', 'parameter_invalid_integer');
    if (account._open !== true)
      throw invalid(
        'Your destination account needs to have at least one of the following capabilities enabled: transfers',
        'destination',
        'insufficient_capabilities_for_transfer',
      );
    requireBalance(provider, owner, Number(amount));
    const id = provider.newId('tr');
    const paymentId = provider.newId('py');
    const booked = book(provider, {
      owner,
      type: 'transfer',
      category: 'transfer',
      amount: -Number(amount),
      source: id,
    });
    book(provider, { owner: to, type: 'payment', category: 'charge', amount: Number(amount), source: paymentId });
    const made = provider.make('transfer', 'tr', owner, {
      id,
      amount,
      amount_reversed: 0,
      balance_transaction: booked.id ?? null,
      created: provider.now(),
      currency: 'usd',
      description: description ?? null,
      destination: to,
      destination_payment: paymentId,
      livemode: false,
      metadata: metadata ?? {},
      reversals: { object: 'list', data: [], has_more: false, url: `/v1/transfers/${id}/reversals` },
      reversed: false,
      source_transaction: source_transaction ?? null,
      transfer_group: transfer_group ?? null,
    });
    provider.emit('transfer.created', made, owner);
    return made;
  },
  'GET /v1/transfers': ({ provider, owner, query }: Asked): Thing =>
    page(provider.all('transfer', owner), query, '/v1/transfers', ['destination', 'transfer_group']),
  'GET /v1/transfers/{transfer}': ({ provider, owner, ids }: Asked): Thing => provider.find('transfer', ids[0], owner),
  'POST /v1/transfers/{transfer}': ({ provider, owner, ids, body }: Asked): Thing => {
    const transfer = provider.find('transfer', ids[0], owner);
    return provider.change(transfer, { metadata: mergedMetadata(transfer.metadata, body.metadata) });
  },
  'GET /v1/transfers/{id}/reversals': ({ provider, owner, ids, query }: Asked): Thing => {
    const rows = provider.all('transfer_reversal', owner).filter((row) => row.transfer === ids[0]);
    return page(rows, query, `/v1/transfers/${ids[0]}/reversals`, []);
  },
  'POST /v1/transfers/{id}/reversals': ({ provider, owner, ids, body }: Asked): Thing => {
    const transfer = provider.find('transfer', ids[0], owner);
    const left = Number(transfer.amount) - Number(transfer.amount_reversed);
    const amount = body.amount === undefined ? left : Number(body.amount);
    if (left === 0) throw invalid('This transfer has already been fully reversed.', null, 'transfer_already_reversed');
    if (amount < 1 || amount > left)
      throw invalid('Transfer reversal amount is greater than what is left of the transfer.', 'amount');
    const from = String(transfer.destination) as Owner;
    requireBalance(provider, from, amount);
    const booked = book(provider, {
      owner,
      type: 'transfer_refund',
      category: 'transfer_reversal',
      amount,
      source: String(transfer.id),
    });
    book(provider, {
      owner: from,
      type: 'payment_refund',
      category: 'refund',
      amount: -amount,
      source: String(transfer.destination_payment),
    });
    const made = provider.make('transfer_reversal', 'trr', owner, {
      amount,
      balance_transaction: booked.id ?? null,
      created: provider.now(),
      currency: 'usd',
      metadata: body.metadata ?? {},
      transfer: transfer.id ?? '',
    });
    const reversed = Number(transfer.amount_reversed) + amount;
    const reversals = partOf(transfer.reversals);
    const before = Array.isArray(reversals.data) ? reversals.data : [];
    provider.change(transfer, {
      amount_reversed: reversed,
      reversed: reversed === Number(transfer.amount),
      reversals: { ...reversals, data: [structuredClone(made), ...before] },
    });
    provider.emit('transfer.reversed', transfer, owner);
    return made;
  },
  'POST /v1/payouts': ({ provider, owner, body }: Asked): Thing => {
    const { amount = 0, currency, description, metadata, statement_descriptor, method } = body;
    if (currency !== 'usd') throw invalid('This double pays out usd only.', 'currency');
    if (Number(amount) < 1) throw invalid('Invalid positive integer', 'amount', 'parameter_invalid_integer');
    if (owner !== 'platform' && accountOf(provider, owner)._open !== true)
      throw invalid('Payouts are not enabled for this account.', null, 'payouts_not_allowed');
    requireBalance(provider, owner, Number(amount));
    const id = provider.newId('po');
    const booked = book(provider, { owner, type: 'payout', category: 'payout', amount: -Number(amount), source: id });
    const made = provider.make('payout', 'po', owner, {
      id,
      amount,
      arrival_date: provider.now() + 2 * 86_400,
      automatic: false,
      balance_transaction: booked.id ?? null,
      created: provider.now(),
      currency: 'usd',
      description: description ?? null,
      livemode: false,
      metadata: metadata ?? {},
      method: method ?? 'standard',
      statement_descriptor: statement_descriptor ?? null,
      status: 'pending',
    });
    provider.emit('payout.created', made, owner);
    return made;
  },
  'GET /v1/payouts': ({ provider, owner, query }: Asked): Thing =>
    page(provider.all('payout', owner), query, '/v1/payouts', ['status', 'destination']),
  'GET /v1/payouts/{payout}': ({ provider, owner, ids }: Asked): Thing => provider.find('payout', ids[0], owner),
  'POST /v1/payouts/{payout}': ({ provider, owner, ids, body }: Asked): Thing => {
    const payout = provider.find('payout', ids[0], owner);
    return provider.change(payout, { metadata: mergedMetadata(payout.metadata, body.metadata) });
  },
  'POST /v1/payouts/{payout}/cancel': ({ provider, owner, ids }: Asked): Thing => {
    const payout = provider.find('payout', ids[0], owner);
    if (payout.status !== 'pending') throw invalid('Payouts can only be canceled if they have not yet been paid out.');
    book(provider, {
      owner,
      type: 'payout_cancel',
      category: 'payout_reversal',
      amount: Number(payout.amount),
      source: String(payout.id),
    });
    provider.change(payout, { status: 'canceled' });
    provider.emit('payout.canceled', payout, owner);
    return payout;
  },
  'GET /v1/events': ({ provider, owner, query }: Asked): Thing =>
    page(provider.all('event', owner), query, '/v1/events', ['type']),
  'GET /v1/events/{id}': ({ provider, owner, ids }: Asked): Thing => provider.find('event', ids[0], owner),
};
