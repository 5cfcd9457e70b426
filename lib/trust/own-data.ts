/** A part of what is kept about somebody, as their export holds it. In `mine`, `t` is the table and `$1` the person. */
export type OwnPart = {
  readonly name: string;
  readonly table: string;
  /** Which rows are theirs. */
  readonly mine: string;
  /** These columns and no others: of what belongs to two people, the half that is theirs. */
  readonly only?: readonly string[];
  /** Columns that stay out, each with its reason. */
  readonly without?: Readonly<Record<string, string>>;
  /** Columns that are shown otherwise than they are stored: SQL over `t`. */
  readonly shown?: Readonly<Record<string, string>>;
  /** Of rows that are large, fewer are read at once. */
  readonly rowsAtOnce?: number;
};

const HASH = 'it proves a secret';
const SEALED = 'it is sealed to a machine';
const KEY = 'it opens the account at the provider';
const STAFF = 'it names a member of staff';

const RENTED = 't.booking_id IN (SELECT id FROM bookings WHERE renter_id = $1)';
const HOSTED = 't.booking_id IN (SELECT id FROM bookings WHERE host_id = $1)';
const EITHER = 't.booking_id IN (SELECT id FROM bookings WHERE renter_id = $1 OR host_id = $1)';
const MACHINES = 't.machine_id IN (SELECT id FROM machines WHERE host_id = $1)';
const JOBS = 't.job_id IN (SELECT id FROM jobs WHERE renter_id = $1)';
const LEASES =
  't.lease_id IN (SELECT l.id FROM leases l JOIN bookings b ON b.id = l.booking_id WHERE b.renter_id = $1 OR b.host_id = $1)';
const DISPUTES = 't.dispute_id IN (SELECT id FROM disputes WHERE renter_id = $1 OR host_id = $1)';
const USER = 't.user_id = $1';
const HOST = 't.host_id = $1';
const RENTER = 't.renter_id = $1';

const TIMES = ['created_at', 'starts_at', 'started_at', 'ends_at', 'ended_at'];

/** Everything that is kept about a person, in the order of the export. */
export const OWN_DATA: readonly OwnPart[] = [
  { name: 'account', table: 'users', mine: 't.id = $1', without: { password_hash: HASH } },
  { name: 'sessions', table: 'sessions', mine: USER, without: { token_hash: HASH } },
  { name: 'twoStep', table: 'two_steps', mine: USER, only: ['user_id', 'created_at', 'confirmed_at'] },
  { name: 'recoveryCodes', table: 'recovery_codes', mine: USER, without: { code_hash: HASH } },
  { name: 'mailedLinks', table: 'email_tokens', mine: USER, without: { token_hash: HASH } },
  { name: 'sshKeys', table: 'ssh_keys', mine: USER },
  { name: 'clientKeys', table: 'client_keys', mine: USER },
  { name: 'noticeChoices', table: 'notice_choices', mine: USER },
  { name: 'notices', table: 'notices', mine: USER },
  {
    name: 'mails',
    table: 'mails',
    mine: 't.to_address = (SELECT email FROM users WHERE id = $1)',
    only: ['id', 'to_address', 'subject', 'text', 'created_at', 'sent_at'],
    // A link in a letter opens something: it stays in the letter.
    shown: { text: `regexp_replace(t.text, '(token=|unsubscribe/)[^\\s]+', '\\1…', 'g')` },
  },
  { name: 'eventsAboutYou', table: 'events', mine: 't.user_id = $1' },
  {
    name: 'whatYouDid',
    table: 'events',
    mine: 't.actor_id = $1 AND t.user_id IS DISTINCT FROM $1',
    only: ['id', 'kind', 'booking_id', 'machine_id', 'listing_id', 'created_at'],
  },
  { name: 'quotes', table: 'quotes', mine: RENTER },
  { name: 'rentals', table: 'bookings', mine: RENTER, without: { sealed_environment: SEALED } },
  {
    name: 'rentalsOnYourMachines',
    table: 'bookings',
    mine: HOST,
    only: ['id', 'kind', 'machine_id', 'listing_id', 'terms', 'desired', 'observed', 'billable', 'reason', ...TIMES],
  },
  { name: 'allocations', table: 'allocations', mine: EITHER },
  { name: 'rentalLogs', table: 'log_chunks', mine: RENTED },
  { name: 'rentalMetrics', table: 'metric_samples', mine: EITHER },
  { name: 'idleGuards', table: 'idle_guards', mine: RENTED },
  { name: 'terminals', table: 'terminals', mine: USER, without: { ticket_hash: HASH } },
  { name: 'putOutsInVain', table: 'put_outs_in_vain', mine: RENTER },
  { name: 'bids', table: 'bids', mine: RENTER, without: { encrypted_environment: SEALED } },
  { name: 'bidPrices', table: 'bid_prices', mine: RENTED },
  { name: 'jobSubmissions', table: 'job_arrays', mine: RENTER, without: { encrypted_environment: SEALED } },
  { name: 'jobs', table: 'jobs', mine: RENTER },
  { name: 'jobAttempts', table: 'job_attempts', mine: JOBS },
  {
    name: 'jobRentals',
    table: 'attempt_bookings',
    mine: `t.attempt_id IN (SELECT a.id FROM job_attempts a WHERE ${JOBS.replace('t.', 'a.')})`,
  },
  { name: 'standingRequests', table: 'standing_requests', mine: RENTER },
  { name: 'savedSearches', table: 'saved_searches', mine: 't.owner_id = $1' },
  { name: 'bills', table: 'leases', mine: RENTED },
  {
    name: 'billsOnYourMachines',
    table: 'leases',
    mine: HOSTED,
    without: { permit: 'it names the renter’s keys', signature: 'it is that of the permit' },
  },
  {
    name: 'windowsGivenBack',
    table: 'given_back_windows',
    mine: LEASES,
    without: { permit: 'it names the renter’s keys', signature: 'it is that of the permit' },
  },
  { name: 'statements', table: 'statements', mine: LEASES },
  { name: 'countersignatures', table: 'countersignatures', mine: LEASES },
  { name: 'disputes', table: 'disputes', mine: `${RENTER} OR ${HOST}`, without: { decided_by_id: STAFF } },
  { name: 'disputeMoves', table: 'dispute_moves', mine: DISPUTES, without: { actor_id: STAFF } },
  { name: 'disputeEvidence', table: 'dispute_evidence', mine: DISPUTES },
  {
    name: 'filesYouAttached',
    table: 'dispute_files',
    mine: `t.evidence_id IN (SELECT e.id FROM dispute_evidence e JOIN disputes d ON d.id = e.dispute_id
      WHERE (e.side = 'renter' AND d.renter_id = $1) OR (e.side = 'host' AND d.host_id = $1))`,
    shown: { bytes: `encode(t.bytes, 'base64')` },
    rowsAtOnce: 4,
  },
  { name: 'messages', table: 'messages', mine: EITHER },
  { name: 'threads', table: 'thread_sides', mine: USER },
  {
    name: 'messagesYouReported',
    table: 'message_reports',
    mine: 't.reporter_id = $1',
    without: { closed_by_id: STAFF },
  },
  { name: 'reviewsByYou', table: 'reviews', mine: 't.author_id = $1', without: { hidden_by_id: STAFF } },
  {
    name: 'reviewsOfYou',
    table: 'reviews',
    mine: 't.subject_id = $1 AND t.reveal_at <= now()',
    without: { hidden_by_id: STAFF },
  },
  { name: 'reportsByYou', table: 'reports', mine: 't.reporter_id = $1', without: { decided_by_id: STAFF } },
  {
    name: 'reportsAboutYou',
    table: 'reports',
    mine: 't.about_id = $1',
    only: ['id', 'subject_kind', 'subject_id', 'cause', 'state', 'opened_at', 'decided_at'],
  },
  {
    name: 'looksAtYourAccount',
    table: 'account_flags',
    mine: USER,
    only: ['id', 'user_id', 'state', 'flagged_at', 'decided_at'],
  },
  { name: 'casesYouClaimed', table: 'case_claims', mine: 't.admin_id = $1' },
  { name: 'machines', table: 'machines', mine: HOST, without: { session_hash: HASH, staff_checked_by: STAFF } },
  { name: 'gpus', table: 'gpus', mine: MACHINES },
  {
    name: 'gpuMetrics',
    table: 'gpu_samples',
    mine: 't.gpu_id IN (SELECT g.id FROM gpus g JOIN machines m ON m.id = g.machine_id WHERE m.host_id = $1)',
  },
  { name: 'defaultJobs', table: 'default_jobs', mine: MACHINES },
  { name: 'agentSessions', table: 'agent_sessions', mine: MACHINES, without: { token_hash: HASH } },
  { name: 'agentLog', table: 'agent_log_lines', mine: MACHINES },
  { name: 'enrolmentCodes', table: 'enrolment_codes', mine: HOST, without: { code_hash: HASH } },
  { name: 'listings', table: 'listings', mine: HOST },
  {
    name: 'listingPrices',
    table: 'listing_prices',
    mine: 't.listing_id IN (SELECT id FROM listings WHERE host_id = $1)',
  },
  { name: 'offers', table: 'offers', mine: MACHINES },
  { name: 'silences', table: 'silences', mine: MACHINES },
  { name: 'calendars', table: 'calendars', mine: MACHINES },
  { name: 'calendarFeeds', table: 'calendar_feeds', mine: USER, without: { token_hash: HASH } },
  { name: 'calendarBlocks', table: 'calendar_blocks', mine: MACHINES },
  { name: 'rentersYouBlocked', table: 'renter_blocks', mine: HOST },
  { name: 'standingAnswers', table: 'standing_answers', mine: HOST },
  { name: 'requestDigests', table: 'request_digests', mine: HOST },
  { name: 'moneyAccounts', table: 'accounts', mine: 't.owner_id = $1' },
  {
    name: 'transfers',
    table: 'transfers',
    mine: 't.debit_account_id IN (SELECT id FROM accounts WHERE owner_id = $1) OR t.credit_account_id IN (SELECT id FROM accounts WHERE owner_id = $1)',
    without: { idempotency_key: 'it may name another account' },
  },
  { name: 'topUps', table: 'top_ups', mine: USER, without: { checkout_url: KEY, session_id: KEY } },
  { name: 'cardRefunds', table: 'card_refunds', mine: USER },
  { name: 'chargebacks', table: 'chargebacks', mine: USER },
  { name: 'customer', table: 'payment_customers', mine: USER },
  { name: 'cardSetups', table: 'card_setups', mine: USER, without: { checkout_url: KEY, session_id: KEY } },
  { name: 'savedCards', table: 'saved_cards', mine: USER, without: { payment_method_id: KEY } },
  { name: 'automaticTopUp', table: 'automatic_top_ups', mine: USER },
  { name: 'payouts', table: 'payouts', mine: HOST },
  { name: 'reserves', table: 'host_reserves', mine: HOST },
  { name: 'payoutAccount', table: 'payout_accounts', mine: HOST },
];

/** Tables that name people and are in no export, each with its reason. */
export const NOT_EXPORTED: Readonly<Record<string, string>> = {
  rate_limits: 'counts of a quarter of an hour, by address',
  payout_holds: 'what staff look at before money leaves; its outcome is told, and stands in the events',
  book_differences: 'work of staff on the books',
  unnoticed_events: 'events that wait for their notices',
};
