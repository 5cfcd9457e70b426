/** A page that one can go to without knowing an id. */
export type Place = {
  readonly href: string;
  readonly label: string;
  /** Other words that people look for it by. */
  readonly words?: string;
};

export type PlaceGroup = { readonly title: string; readonly places: readonly Place[] };

const MARKET: PlaceGroup = {
  title: 'Market',
  places: [
    { href: '/gpus', label: 'Rent GPUs', words: 'search offers listings' },
    { href: '/fit', label: 'Will it fit?', words: 'model vram memory workload training inference' },
    { href: '/interruptible', label: 'Interruptible prices', words: 'spot bid clearing' },
    { href: '/reliability', label: 'How reliability is measured', words: 'uptime trust checks' },
    { href: '/self-test', label: 'What the self-test checks', words: 'driver pcie vram fix host agent' },
    { href: '/log', label: 'Public log', words: 'verify receipt bill checkpoint' },
    { href: '/terms', label: 'Terms' },
  ],
};

const RENTING: PlaceGroup = {
  title: 'Renting',
  places: [
    { href: '/bookings', label: 'My bookings', words: 'rentals machines running' },
    { href: '/bookings/calendar', label: 'Calendar of my bookings', words: 'reserved windows' },
    { href: '/jobs', label: 'Jobs', words: 'queue batch' },
    { href: '/jobs/new', label: 'Submit a job', words: 'new run array' },
    { href: '/bids', label: 'Bids', words: 'interruptible spot' },
    { href: '/bids/new', label: 'Bid for interruptible GPUs', words: 'new spot' },
    { href: '/requests', label: 'Standing requests', words: 'wish limit order alert' },
    { href: '/requests/new', label: 'Ask for GPUs that are not offered', words: 'new standing request' },
    { href: '/searches', label: 'Saved searches', words: 'alerts price watch' },
    { href: '/messages', label: 'Messages', words: 'thread host renter write' },
    { href: '/disputes', label: 'Disputes', words: 'contest charge refund' },
    { href: '/reviews', label: 'Reviews', words: 'rating stars feedback' },
  ],
};

const MONEY: PlaceGroup = {
  title: 'Money and account',
  places: [
    { href: '/wallet', label: 'Wallet', words: 'balance top up card pay' },
    { href: '/wallet/movements', label: 'Movements of the wallet', words: 'transactions csv statement' },
    { href: '/wallet/invoices', label: 'Invoices', words: 'bills pdf receipts' },
    { href: '/notices', label: 'Notices', words: 'notifications inbox' },
    { href: '/account', label: 'Account', words: 'settings profile' },
    { href: '/account/security', label: 'Security', words: 'two-step totp recovery codes sessions password' },
    { href: '/account/keys', label: 'SSH keys', words: 'public key' },
    { href: '/account/tokens', label: 'API tokens', words: 'access' },
    { href: '/account/notices', label: 'What you hear of', words: 'notifications mail unsubscribe' },
    { href: '/account/appearance', label: 'Appearance', words: 'theme dark light time zone' },
    { href: '/account/shortcuts', label: 'Shortcuts', words: 'keyboard keys' },
    { href: '/account/data', label: 'Your data', words: 'export download delete account leave' },
    { href: '/sign-out', label: 'Sign out', words: 'log out leave' },
  ],
};

const HOSTING: PlaceGroup = {
  title: 'Hosting',
  places: [
    { href: '/host', label: 'My machines', words: 'hosting listings' },
    { href: '/host/new', label: 'List a machine', words: 'add agent install' },
    { href: '/host/requests', label: 'What renters ask for', words: 'standing requests offers' },
    { href: '/host/earnings', label: 'Earnings', words: 'income fees occupancy' },
    { href: '/host/payouts', label: 'Payouts', words: 'bank stripe reserve' },
  ],
};

const STAFF: PlaceGroup = {
  title: 'Staff',
  places: [
    { href: '/admin', label: 'Desk', words: 'admin queues' },
    { href: '/admin/queues/machines', label: 'Queue of new machines', words: 'approve listings cases' },
    { href: '/admin/queues/reports', label: 'Queue of reports', words: 'abuse moderation cases messages reviews' },
    { href: '/admin/queues/disputes', label: 'Queue of disputes', words: 'decide refunds cases' },
    { href: '/admin/queues/payouts', label: 'Queue of payouts on hold', words: 'release stop cases' },
    { href: '/admin/queues/sign-ups', label: 'Queue of risky sign-ups', words: 'fraud flags cases' },
    { href: '/admin/queues/payments', label: 'Queue of payments in review', words: 'credit give back cases' },
    { href: '/admin/queues/webhooks', label: 'Queue of webhooks given up', words: 'retry provider cases' },
    { href: '/admin/people', label: 'People', words: 'users suspend' },
    { href: '/admin/machines', label: 'Machines of everybody', words: 'approve check' },
    { href: '/admin/bookings', label: 'Bookings of everybody' },
    { href: '/admin/disputes', label: 'Disputes to decide' },
    { href: '/admin/health', label: 'Health of the market', words: 'status worker queue lag errors' },
    { href: '/admin/audit', label: 'Audit log', words: 'history who did' },
    { href: '/admin/books', label: 'Books', words: 'ledger trial balance' },
    { href: '/admin/books/accounts', label: 'Accounts of the books', words: 'ledger' },
    { href: '/admin/books/transfers', label: 'Transfers of the books', words: 'ledger' },
    { href: '/admin/payments', label: 'Payments', words: 'stripe cards chargebacks' },
    { href: '/admin/reconciliation', label: 'Reconciliation', words: 'stripe differences' },
  ],
};

const ENTRANCE: PlaceGroup = {
  title: 'Account',
  places: [
    { href: '/sign-in', label: 'Sign in', words: 'log in' },
    { href: '/sign-up', label: 'Sign up', words: 'create account register' },
    { href: '/forgot', label: 'Forgotten password', words: 'reset' },
  ],
};

/** Every page that a viewer may open by its address alone, grouped: what "Jump to" offers, with script and without. */
export function placesOf(viewer: { role: 'member' | 'admin' } | null): readonly PlaceGroup[] {
  if (viewer === null) return [MARKET, ENTRANCE];
  return [RENTING, MARKET, MONEY, HOSTING, ...(viewer.role === 'admin' ? [STAFF] : [])];
}
