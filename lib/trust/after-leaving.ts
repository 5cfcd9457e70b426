/** What becomes of a person's rows of a table when their account is deleted (lib/trust/forget-person.ts does it). */
export type Fate = {
  /** `removed`: none is left. `emptied`: the row stays without what names or describes them. `kept`: as it is, for the reason. */
  readonly fate: 'removed' | 'emptied' | 'kept';
  readonly why: string;
};

const removed = (why: string): Fate => ({ fate: 'removed', why });
const emptied = (why: string): Fate => ({ fate: 'emptied', why });
const kept = (why: string): Fate => ({ fate: 'kept', why });

const BOOKS = kept('the books are evidence for others; it is theirs under an account without a name');
const BILL = kept('bills and the public log are checked by it; it holds ids, times and amounts');
const MARKET = kept('what was offered and for how much is a fact of the market, without a person in it');
const BOTH = kept('it was said to somebody, or decided about somebody, who needs it still');

/** Every table that holds something of people, with what becomes of it. A test reads the database: a new table must be decided about. */
export const AFTER_LEAVING: Readonly<Record<string, Fate>> = {
  users: emptied('everything hangs on the row; name, address and password are those of nobody'),
  sessions: removed('it says where from they came'),
  two_steps: removed('it opens the account'),
  recovery_codes: removed('it opens the account'),
  email_tokens: removed('it opens the account'),
  ssh_keys: removed('it names them, and opens nothing any more'),
  client_keys: emptied('bills are checked by the keys; the names they gave them go'),
  notice_choices: removed('nobody is told any more'),
  notices: removed('it was said to them'),
  mails: removed('it was said to them'),
  events: emptied('what happened and when stays; of account, sessions, keys and machines no longer the names in it'),
  unnoticed_events: kept('a queue, empty after seconds'),
  rate_limits: removed('it counts by their address'),
  quotes: kept('forgotten a day after it expired; a booked one is the terms of a bill'),
  bookings: emptied('bills need the row; name, command, environment and details go'),
  allocations: BILL,
  put_outs_in_vain: removed('it is counted for a day'),
  log_chunks: removed('it is what their programs printed'),
  metric_samples: removed('it shows their work; forgotten after a day anyway'),
  idle_guards: kept('one wish about a rental that is over: yes or no'),
  terminals: removed('it holds keys that their browser made'),
  bids: emptied('prices are made of bids; name and command go'),
  bid_prices: BILL,
  job_arrays: emptied('bills need the row; name, command and environment go'),
  jobs: emptied('counts and times stay; what was said of a failure goes'),
  job_attempts: emptied('counts and times stay; what was said of a failure goes'),
  attempt_bookings: BILL,
  standing_requests: emptied('answers of hosts hang on it; name and command go'),
  saved_searches: removed('nobody looks any more'),
  leases: BILL,
  given_back_windows: BILL,
  statements: BILL,
  countersignatures: BILL,
  disputes: BOTH,
  dispute_moves: BOTH,
  dispute_evidence: BOTH,
  dispute_files: removed('pictures may show more than they were to show; name, size and hash stay in the evidence'),
  messages: kept('the other side reads it; forgotten with its thread, 90 days after the rental’s bill was closed'),
  thread_sides: removed('nobody reads any more'),
  message_reports: BOTH,
  reviews: BOTH,
  reports: BOTH,
  account_flags: kept('that an account was risky counts when a chargeback comes later; it holds rules and counts'),
  case_claims: kept('over after a quarter of an hour; an admin cannot leave'),
  payout_holds: BOOKS,
  book_differences: BOOKS,
  machines: emptied('rentals hang on it; name, host name, place and self-test go'),
  gpus: BILL,
  gpu_samples: removed('it shows their machine; forgotten after a day anyway'),
  default_jobs: removed('it is what they ran'),
  agent_sessions: kept('when a machine was connected, which bears on its bills; it opens nothing any more'),
  agent_log_lines: removed('a machine’s log may hold names of theirs'),
  enrolment_codes: removed('it opens the market for a machine'),
  listings: MARKET,
  listing_prices: MARKET,
  offers: MARKET,
  silences: MARKET,
  calendars: MARKET,
  calendar_feeds: removed('it opens their calendar'),
  calendar_blocks: emptied('when it was open bears on its reliability; what they noted goes'),
  renter_blocks: removed('nobody rents from them any more'),
  standing_answers: kept('a price that was offered to somebody'),
  request_digests: removed('nobody is told any more'),
  accounts: BOOKS,
  transfers: BOOKS,
  top_ups: BOOKS,
  card_refunds: BOOKS,
  chargebacks: BOOKS,
  payment_customers: kept('a chargeback that comes later is found by it; the provider has the person'),
  card_setups: kept('that a card was saved and when; its page at the provider is over'),
  saved_cards: kept('all were removed before; the last four digits say which card paid'),
  automatic_top_ups: removed('nothing is paid any more'),
  payouts: BOOKS,
  host_reserves: BOOKS,
  payout_accounts: kept('a payout that comes back later is found by it; the provider has the person'),
};

/** Tables in which nobody stands, each with what it is. */
export const NOBODYS: Readonly<Record<string, string>> = {
  agent_challenges: 'numbers that agents sign, for a minute',
  beats: 'when the worker was last seen',
  books_checks: 'whether the books were right',
  clearing_prices: 'what a GPU-hour of a model came to',
  gateway_ports: 'which port leads to which rental',
  log_checkpoints: 'the public log',
  log_entries: 'the public log: salted digests',
  log_identity: 'the public log',
  log_subtrees: 'the public log',
  log_waiting: 'digests that wait for the public log',
  log_witnesses: 'what machines saw of the public log',
  market_money: 'whether money is play or real',
  payout_runs: 'when payouts were made',
  price_days: 'prices of days, of models',
  price_facts: 'prices of days, of models',
  provider_movements: 'what the payment provider moved, by its own ids',
  provider_webhooks: 'what the payment provider said, by its own ids; read and done with',
  reconciliations: 'when the provider’s movements were compared with the books',
  settings: 'settings of the market',
  sweep_runs: 'how the last run of each sweep went',
  terminal_locks: 'that a rental is closed to terminals',
};
