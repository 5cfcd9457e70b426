import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { shownState } from '#components/booking/state.ts';
import { inLetters, shortName, wordOf } from '#lib/base/words.ts';
import { OBSERVED, REASONS } from '#lib/bookings/booking.ts';
import { BILLED_WORDS, RIGHT_WORDS, reasonTold, SEEN_WORDS, WANTED_WORDS } from '#lib/bookings/booking-words.ts';
import { STANDING_MODE_WORDS, STANDING_STATE_WORDS } from '#lib/bookings/standing-words.ts';
import { LISTING_WORDS } from '#lib/catalogue/listing.ts';
import { TRUST_TIER_LABELS } from '#lib/catalogue/machine.ts';
import { EVENT_KINDS } from '#lib/events/event.ts';
import { eventWords } from '#lib/events/event-words.ts';
import { ATTEMPT_WORDS } from '#lib/jobs/attempt.ts';
import { HOLD_WORDS } from '#lib/payments/payout-hold.ts';
import { PAYOUT_NAMES } from '#lib/payments/payout-state.ts';
import { DIFFERENCE_WORDS } from '#lib/payments/reconciliation.ts';
import { TOP_UP_WORDS } from '#lib/payments/top-up.ts';
import { QUEUES } from '#lib/trust/case-view.ts';
import { DISPUTE_WORDS } from '#lib/trust/dispute.ts';
import { MOVES_TOLD, stepWords } from '#lib/trust/dispute-move.ts';
import { CAUSE_WORDS, REPORT_WORDS } from '#lib/trust/report.ts';
import { FLAG_WORDS, RULE_NAMES } from '#lib/trust/risk.ts';

/** The columns that hold words of the code, as the constraints of the migrations list them: `bookings.billable` and its values. */
function wordsOfTheSchema(): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const one =
    /(?:ALTER|CREATE) TABLE "(\w+)"|"(\w+)" (?:IN \(|<@ ARRAY\[)([^)\]]*)[)\]]|CASE "(\w+)"((?:\s+WHEN '\w+'.*)+)/g;
  for (const path of globSync('prisma/migrations/*/migration.sql').toSorted()) {
    let table = '';
    for (const [, named, column, list, decided, cases] of readFileSync(path, 'utf8').matchAll(one)) {
      if (named !== undefined) table = named;
      const values = [...(list ?? cases ?? '').matchAll(list === undefined ? /WHEN '(\w+)'/g : /'(\w+)'/g)];
      if (values.length === 0) continue;
      const key = `${table}.${column ?? decided}`;
      found.set(key, new Set([...(found.get(key) ?? []), ...values.map(([, value = '']) => value)]));
    }
  }
  return found;
}

/** Which words a column is shown by. */
const SAID: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'account_flags.rules': RULE_NAMES,
  'account_flags.state': FLAG_WORDS,
  'bids.least_trust': TRUST_TIER_LABELS,
  'book_differences.kind': DIFFERENCE_WORDS,
  'bookings.billable': BILLED_WORDS,
  'bookings.desired': WANTED_WORDS,
  'bookings.kind': RIGHT_WORDS,
  'bookings.observed': SEEN_WORDS,
  'case_claims.kind': QUEUES,
  'dispute_moves.move': Object.fromEntries(
    MOVES_TOLD.map((move) => [move, stepWords({ side: 'host', move, amountMicros: 1n })]),
  ),
  'disputes.state': DISPUTE_WORDS,
  'job_attempts.outcome': ATTEMPT_WORDS,
  'listings.state': LISTING_WORDS,
  'payout_holds.cause': HOLD_WORDS,
  'payouts.state': PAYOUT_NAMES,
  'price_facts.tier': TRUST_TIER_LABELS,
  'reports.cause': CAUSE_WORDS,
  'reports.state': REPORT_WORDS,
  'standing_requests.mode': STANDING_MODE_WORDS,
  'standing_requests.state': STANDING_STATE_WORDS,
  'standing_requests.trust': TRUST_TIER_LABELS,
  'top_ups.state': TOP_UP_WORDS,
};

/** Columns that no page shows as they are, and what stands for them. */
const NOT_SHOWN: Readonly<Record<string, string>> = {
  'agent_log_lines.level': 'plain words of logs, shown as such',
  'automatic_top_ups.state': 'how far an errand is',
  'bids.state': 'the phase of a bid, by BID_PHASES_IN_WORDS',
  'bookings.at_exit': 'part of a job',
  'calendar_blocks.kind': 'the words of the calendar, by a Record of its kinds',
  'calendars.cancellation': 'a sentence: cancellationSentence',
  'card_refunds.state': 'a badge, by a Record of the states',
  'card_setups.state': 'how far an errand is',
  'chargebacks.state': 'a badge, by a Record of the states',
  'dispute_evidence.kind': 'the title that evidence is laid down with',
  'dispute_evidence.side': 'renter, host: words of the glossary',
  'dispute_moves.side': 'the names of both sides',
  'disputes.about': 'a title, by a Record of the charges',
  'disputes.how': 'a sentence, by a Record of the endings',
  'disputes.outcome': 'a badge: DisputeBadge',
  'disputes.turn': 'a badge: DisputeBadge',
  'jobs.desired': 'one word with what is seen: shownJob',
  'jobs.observed': 'one word with what is wanted: shownJob',
  'jobs.outcome': 'one word: shownJob',
  'log_checkpoints.kind': 'nothing of the log itself: which transfers its trigger looks at',
  'log_entries.kind': 'the log is digests',
  'log_waiting.kind': 'the log is digests',
  'market_money.kind': 'a banner',
  'messages.side': 'the name of who wrote',
  'payout_holds.state': 'a queue, and the state of the payout',
  'payouts.bank': 'the state of the payout',
  'provider_webhooks.outcome': 'a queue',
  'reports.subject_kind': 'listing, message, review: words of the glossary',
  'reviews.side': 'the name of who wrote',
  'sessions.kind': 'browser or API token',
  'standing_answers.state': 'what can be done with an answer',
  'users.role': 'a badge for admins',
  'users.theme': 'the labels of a choice',
};

/** What is printed as it is: sentences that people wrote, names from outside, and states of statements, which are plain words. */
const AS_IT_IS: ReadonlySet<string> = new Set([
  'lib/trust/queries/cases/message-reports.ts: line: row.reason,',
  'app/(staff)/admin/audit-table.tsx: >{row.reason}',
  'app/(staff)/admin/books/transfers/page.tsx: >{row.reason}',
  'app/(renter)/bookings/[id]/events-panel.tsx: >{event.reason}',
  'app/(renter)/bookings/[id]/bill/bill-lines.tsx: >{line.state}',
  'app/(renter)/bookings/[id]/bill/credits-panel.tsx: >{credit.reason}',
  'app/(market)/design/_parts/facts.tsx: >{offer.trust}',
  'app/(host)/host/page.tsx: {one.reason}',
  'app/(host)/host/payouts/history-panel.tsx: {row.failure}',
  'app/(account)/account/keys/keys-panel.tsx: {key.kind}',
]);

/** "gpuAndDisk": a word that only code has. Trade names like "eBay" are none of ours. */
const OF_THE_CODE = /\b[a-z]+(?:[A-Z][a-z]+)+\b/;

describe('words that people read', () => {
  it('stand for every value of the schema that a page shows', () => {
    const unsaid = [...wordsOfTheSchema()].flatMap(([column, values]) => {
      const said = SAID[column];
      if (said === undefined)
        return column in NOT_SHOWN ? [] : [`${column} has neither words nor a reason to need none`];
      return [...values].filter((value) => !Object.hasOwn(said, value)).map((value) => `${column} ${value}`);
    });
    expect(unsaid).toEqual([]);
    expect(Object.keys({ ...SAID, ...NOT_SHOWN }).filter((column) => !wordsOfTheSchema().has(column))).toEqual([]);
  });

  it('are never words of the code', () => {
    const words = [
      ...Object.values(SAID).flatMap((table) => Object.values(table).map((word) => JSON.stringify(word))),
      ...Object.keys(REASONS).map((reason) => reasonTold(reason) ?? `${reason} is not told`),
      ...EVENT_KINDS.map(eventWords),
      ...OBSERVED.map((observed) =>
        JSON.stringify(shownState({ observed, desired: 'running', reason: null, startedAt: null, endedAt: null })),
      ),
    ];
    expect(words.filter((word) => OF_THE_CODE.test(word))).toEqual([]);
    expect(reasonTold('toString')).toBeNull();
    expect(reasonTold(null)).toBeNull();
  });

  it('are asked for wherever a page says how something stands: no part of a page prints such a column', () => {
    const columns = [...wordsOfTheSchema().keys()].map((key) =>
      (key.split('.')[1] ?? '').replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    );
    const plain = new Set([
      'side',
      'level',
      'rules',
      'about',
      'subjectKind',
      'bank',
      'role',
      'move',
      'turn',
      'how',
      'theme',
    ]);
    const column = `[\\w.?]+\\.(?:${[...new Set([...columns, 'reason']), 'failure'].filter((name) => !plain.has(name)).join('|')})`;
    const printed = [
      // A child of an element, a hole of a text, or what a part takes to show.
      new RegExp(`(?:>|^|\\s)\\{(?:${column})(?: \\?\\? [^}]*)?\\}`, 'gm'),
      new RegExp(`\\b(?:title|line|value|label|hint|description|caption): (?:${column})(?: \\?\\? [^,]*)?,?$`, 'gm'),
    ];
    const found = globSync(['app/**/*.tsx', 'components/**/*.tsx', 'lib/trust/queries/cases/*.ts']).flatMap((path) => {
      const text = readFileSync(path, 'utf8');
      return printed.flatMap((pattern) => [...text.matchAll(pattern)].map(([line]) => `${path}: ${line.trim()}`));
    });
    expect(found.filter((line) => !AS_IT_IS.has(line))).toEqual([]);
  });

  it('are made of the letters of a value where no table knows it', () => {
    expect(inLetters('notAsDescribed')).toBe('not as described');
    expect(wordOf(CAUSE_WORDS, 'scam')).toBe('It looks like a fraud');
    expect(wordOf(CAUSE_WORDS, 'ofAnOldRelease')).toBe('of an old release');
    expect(wordOf(CAUSE_WORDS, 'toString')).toBe('to string');
  });

  it('leave a name whole that fits, and cut a long one between letters that belong together', () => {
    expect(shortName('attic')).toBe('attic');
    expect(shortName('👩🏽‍🚀'.repeat(60))).toBe('👩🏽‍🚀'.repeat(60));
    expect(shortName('👩🏽‍🚀'.repeat(200))).toBe(`${'👩🏽‍🚀'.repeat(60)}…`);
    expect(shortName(`${'a'.repeat(59)} ${'b'.repeat(200)}`)).toBe(`${'a'.repeat(59)}…`);
  });
});
