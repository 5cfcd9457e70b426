import { limitBody, readJson } from '#doors/_edge/body.ts';
import { answerError, answerNotFound } from '#doors/_edge/problem.ts';
import { actorOfToken } from '#lib/auth/queries.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld } from '#lib/base/time.ts';
import { account } from './account.ts';
import { agentLogs } from './agent-logs.ts';
import { audit } from './audit.ts';
import { bids } from './bids.ts';
import { bookings } from './bookings.ts';
import { theBooks } from './books.ts';
import { calendarFeedDoor } from './calendar-feeds.ts';
import { calendars } from './calendars.ts';
import { cardRefunds } from './card-refunds.ts';
import { cards } from './cards.ts';
import { cases } from './cases.ts';
import { chargebacks } from './chargebacks.ts';
import { clientKeys } from './client-keys.ts';
import { defaultJobs } from './default-jobs.ts';
import { disputeFiles } from './dispute-files.ts';
import { disputes } from './disputes.ts';
import { newDoor } from './door.ts';
import { earnings } from './earnings.ts';
import { endLocks } from './end-locks.ts';
import { events } from './events.ts';
import { extensions } from './extensions.ts';
import { workloadFit } from './fit.ts';
import { health } from './health.ts';
import { heldPayments } from './held-payments.ts';
import { hostOverview } from './host.ts';
import { idleGuards } from './idle-guards.ts';
import { invoices } from './invoices.ts';
import { jobs } from './jobs.ts';
import { listings } from './listings.ts';
import { logs } from './logs.ts';
import { machineParts } from './machine-parts.ts';
import { machines } from './machines.ts';
import { market } from './market.ts';
import { messages } from './messages.ts';
import { metrics } from './metrics.ts';
import { movements } from './movements.ts';
import { noticeChoices } from './notice-choices.ts';
import { onboarding } from './onboarding.ts';
import { pauses } from './pauses.ts';
import { payouts } from './payouts.ts';
import { people } from './people.ts';
import { ports } from './ports.ts';
import { prices } from './prices.ts';
import { quotes } from './quotes.ts';
import { receipts } from './receipts.ts';
import { reports } from './reports.ts';
import { reviews } from './reviews.ts';
import { savedSearchDoor } from './saved-searches.ts';
import { selfTests } from './self-tests.ts';
import { sessions } from './sessions.ts';
import { spendingLimit } from './spending.ts';
import { sshKeys } from './ssh-keys.ts';
import { standingAnswers } from './standing-answers.ts';
import { standingRequests } from './standing-requests.ts';
import { terminals } from './terminals.ts';
import { topUps } from './top-ups.ts';
import { wallet } from './wallet.ts';

const MOST_BYTES = 1_048_576;
const READS = new Set(['GET', 'HEAD']);

/** The public API. Mount it at `/api/v1`; it knows nothing of Next and can be served alone. */
export const v1 = newDoor();

v1.onError(answerError);
v1.notFound(answerNotFound);
v1.use(limitBody(MOST_BYTES));

// The body is kept by the request: what follows parses it by its schema without reading it again.
v1.use(async (c, next) => {
  if (!['GET', 'HEAD'].includes(c.req.method) && (await c.req.text()) !== '') await readJson(c);
  await next();
});

v1.use(async (c, next) => {
  const given = c.req.header('authorization');
  if (given === undefined) {
    c.set('actor', c.req.method === 'GET' ? (c.env?.cookieActor ?? null) : null);
  } else {
    const token = /^Bearer ([\x21-\x7e]{1,300})$/.exec(given)?.[1];
    const actor = token === undefined ? null : await actorOfToken(token, theWorld.now());
    if (actor === null)
      throw new Refusal('unauthenticated', {}, 'This token is not valid (any more). Sign in for a new one.');
    // Giving itself back is the one change that every token may make.
    if (actor.readOnly === true && !READS.has(c.req.method) && !c.req.path.endsWith('/sessions/current'))
      throw new Refusal(
        'forbidden',
        {},
        'This token may only read. Make one that may do everything, under Account, API tokens.',
      );
    c.set('actor', actor);
  }
  await next();
  if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store');
});

for (const part of [
  sessions,
  sshKeys,
  clientKeys,
  listings,
  quotes,
  bookings,
  bids,
  jobs,
  receipts,
  logs,
  metrics,
  idleGuards,
  endLocks,
  ports,
  machines,
  defaultJobs,
  wallet,
  topUps,
  cardRefunds,
  chargebacks,
  payouts,
  cards,
  events,
  theBooks,
  heldPayments,
  disputes,
  spendingLimit,
])
  v1.route('/', part);
for (const part of [noticeChoices, account]) v1.route('/', part);
for (const part of [movements, invoices, earnings]) v1.route('/', part);
for (const part of [audit, cases, health, people, reports]) v1.route('/', part);
v1.route('/', prices);
v1.route('/', market);
v1.route('/', reviews);
for (const part of [workloadFit, savedSearchDoor, calendars, calendarFeedDoor, pauses, disputeFiles])
  v1.route('/', part);
for (const part of [standingRequests, standingAnswers]) v1.route('/', part);
for (const part of [messages, extensions, terminals]) v1.route('/', part);
for (const part of [onboarding, selfTests, machineParts, agentLogs, hostOverview]) v1.route('/', part);

v1.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
  type: 'http',
  scheme: 'bearer',
  description: 'A token from `POST /sessions`, or one made on the account page.',
});
v1.doc31('/openapi.json', {
  openapi: '3.1.0',
  info: {
    title: 'Sublet',
    version: '1',
    description:
      'A market for GPUs. Amounts are integer micro-dollars as decimal text; sizes are bytes; instants are UTC.',
    license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
  },
  servers: [{ url: '/api/v1' }],
});
