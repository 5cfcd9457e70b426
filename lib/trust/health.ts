import { DAY, SECOND } from '#lib/base/time.ts';

/** green: well. yellow: look at it today. red: people notice, or money could be wrong. */
export const HEALTH_TONES = ['green', 'yellow', 'red'] as const;
export type HealthTone = (typeof HEALTH_TONES)[number];

export type HealthRow = {
  readonly name: string;
  readonly tone: HealthTone;
  /** How it is now, with its figures. */
  readonly says: string;
  /** What to do; null while it is well. */
  readonly remedy: string | null;
};

type Sweep = {
  readonly name: string;
  readonly everySeconds: number;
  readonly beganAt: Date;
  readonly failures: number;
  readonly lastError: string | null;
};

/** What is known about the market's own parts at one moment. */
export type HealthFacts = {
  /** The worker's last sign of life. */
  readonly workerAt: Date | null;
  /** Sweeps that should have begun already; null where no worker ever ran. */
  readonly queue: { readonly due: number; readonly lagSeconds: number } | null;
  readonly sweeps: readonly Sweep[];
  /** Machines whose listing is published, those of them that synced within a minute, and how long ago the slowest did. */
  readonly agents: { readonly published: number; readonly connected: number; readonly slowestSeconds: number };
  readonly database: {
    readonly bytes: bigint;
    readonly connections: number;
    readonly mostConnections: number;
    /** Of this process: taken of how many, and who waits for one. */
    readonly pool: { readonly taken: number; readonly most: number; readonly waiting: number };
  };
  readonly log: { readonly waiting: number; readonly since: Date | null; readonly refusals: number };
  readonly mail: {
    readonly waiting: number;
    readonly since: Date | null;
    readonly givenUp: number;
    readonly lastError: string | null;
  };
  readonly webhooks: { readonly waiting: number; readonly since: Date | null; readonly givenUp: number };
  readonly events: { readonly waiting: number };
  readonly books: { readonly checkedAt: Date; readonly wrong: number } | null;
  readonly payouts: { readonly failing: number; readonly lastError: string | null };
};

const ageSeconds = (at: Date, now: Date) => Math.max(0, Math.round((now.getTime() - at.getTime()) / SECOND));
const some = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

/** Seconds as people read them: "40 s", "12 min", "3 h". */
function span(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}

/** How every part is, the worst first. */
export function healthOf(facts: HealthFacts, now: Date): HealthRow[] {
  const rows = [
    worker(facts, now),
    queue(facts),
    ...sweeps(facts, now),
    agents(facts),
    database(facts),
    log(facts, now),
    waitingRow('Mail', facts.mail, now, {
      what: ['mail waits', 'mails wait'],
      late: 5 * 60,
      remedy: 'Look at SMTP_URL and at the mail server; what waits is sent when it answers again.',
      givenUp: 'gave up after many tries: those people did not hear of something',
    }),
    waitingRow('Webhooks', facts.webhooks, now, {
      what: ['webhook waits', 'webhooks wait'],
      late: 5 * 60,
      remedy: 'Look at the keys of the payment provider and at the queue of webhooks given up.',
      givenUp: 'given up: decide about them in their queue',
    }),
    notices(facts),
    books(facts, now),
    payouts(facts),
  ];
  const rank = (row: HealthRow) => -HEALTH_TONES.indexOf(row.tone);
  return rows.toSorted((a, b) => rank(a) - rank(b));
}

/** The worst of all: what the whole market is. */
export function worstOf(rows: readonly HealthRow[]): HealthTone {
  return HEALTH_TONES[Math.max(0, ...rows.map(({ tone }) => HEALTH_TONES.indexOf(tone)))] ?? 'green';
}

const well = (name: string, says: string): HealthRow => ({ name, tone: 'green', says, remedy: null });

function worker({ workerAt }: HealthFacts, now: Date): HealthRow {
  const silent = workerAt === null ? null : ageSeconds(workerAt, now);
  if (silent !== null && silent < 30) return well('Worker', `Lives; its last sign of life was ${span(silent)} ago.`);
  return {
    name: 'Worker',
    tone: 'red',
    says: silent === null ? 'None has ever run.' : `Silent for ${span(silent)}.`,
    remedy: 'Start a worker. Until then nothing is placed, billed, mailed or paid out; nothing is lost.',
  };
}

function queue({ queue: jobs }: HealthFacts): HealthRow {
  if (jobs === null)
    return { name: 'Queue of the worker', tone: 'red', says: 'It was never set up.', remedy: 'Start a worker.' };
  const says = `${some(jobs.due, 'sweep is', 'sweeps are')} due now, the oldest for ${span(jobs.lagSeconds)}.`;
  if (jobs.lagSeconds < 30) return well('Queue of the worker', says);
  return {
    name: 'Queue of the worker',
    tone: jobs.lagSeconds < 300 ? 'yellow' : 'red',
    says,
    remedy: 'The workers do not keep up: run another one, or look for a sweep that takes long.',
  };
}

/** One row for all that run well, and one for each that does not. A sweep is late after three of its turns, and two minutes. */
function sweeps(facts: HealthFacts, now: Date): HealthRow[] {
  const late = (sweep: Sweep) => ageSeconds(sweep.beganAt, now) > Math.max(3 * sweep.everySeconds, 120);
  const bad = facts.sweeps.filter((sweep) => sweep.failures > 0 || late(sweep));
  return [
    well('Sweeps', `${facts.sweeps.length - bad.length} of ${facts.sweeps.length} ran in time and without an error.`),
    ...bad.map(
      (sweep): HealthRow => ({
        name: `Sweep ${sweep.name}`,
        tone: sweep.failures >= 5 || !sweep.failures ? 'red' : 'yellow',
        says:
          sweep.failures > 0
            ? `Failed ${sweep.failures} times in a row: ${sweep.lastError ?? 'it did not say why'}`
            : `Began last ${span(ageSeconds(sweep.beganAt, now))} ago; it should every ${span(sweep.everySeconds)}.`,
        remedy:
          sweep.failures > 0
            ? 'The worker’s log has the whole error. It is tried again at its next turn.'
            : 'Look whether a worker runs, and whether this sweep hangs.',
      }),
    ),
  ];
}

function agents({ agents: { published, connected, slowestSeconds } }: HealthFacts): HealthRow {
  const says = `${connected} of ${some(published, 'published machine', 'published machines')} synced within a minute${connected > 0 ? `, the slowest ${span(slowestSeconds)} ago` : ''}.`;
  if (connected === published) return well('Agents', says);
  const most = connected * 2 < published;
  return {
    name: 'Agents',
    tone: most ? 'red' : 'yellow',
    says,
    remedy: most
      ? 'Most are away at once: that is our side. Look at the web processes and at the way to them.'
      : 'A few are always away. Their hosts are told; their reliability says so.',
  };
}

function database({ database: { bytes, connections, mostConnections, pool } }: HealthFacts): HealthRow {
  const size = `${(Number(bytes) / 1_073_741_824).toFixed(2)} GiB`;
  const says = `${size}; ${connections} of ${mostConnections} connections, this process ${pool.taken} of ${pool.most}${pool.waiting > 0 ? `, ${pool.waiting} waiting` : ''}.`;
  const share = connections / Math.max(1, mostConnections);
  if (pool.waiting === 0 && share < 0.8) return well('Database', says);
  return {
    name: 'Database',
    tone: share >= 0.95 || pool.waiting > pool.most ? 'red' : 'yellow',
    says,
    remedy: 'Raise max_connections of PostgreSQL or SUBLET_DATABASE_CONNECTIONS, or run fewer processes.',
  };
}

function log({ log: { waiting, since, refusals } }: HealthFacts, now: Date): HealthRow {
  if (refusals > 0)
    return {
      name: 'Public log',
      tone: 'red',
      says: `${some(refusals, 'machine refuses', 'machines refuse')} it: they saw a history that it does not continue.`,
      remedy: 'Do not trust bills until that is explained: see “The public log” in docs/operating.md.',
    };
  const lag = since === null ? 0 : ageSeconds(since, now);
  const says =
    waiting === 0
      ? 'Everything is in it.'
      : `${some(waiting, 'record waits', 'records wait')}, the oldest for ${span(lag)}.`;
  if (lag <= 60) return well('Public log', says);
  return {
    name: 'Public log',
    tone: lag < 900 ? 'yellow' : 'red',
    says,
    remedy: 'Records are added by the sweep append-log: look whether it runs.',
  };
}

type Backlog = {
  readonly waiting: number;
  readonly since: Date | null;
  readonly givenUp: number;
  readonly lastError?: string | null;
};

function waitingRow(
  name: string,
  backlog: Backlog,
  now: Date,
  words: {
    readonly what: readonly [string, string];
    readonly late: number;
    readonly remedy: string;
    readonly givenUp: string;
  },
): HealthRow {
  const lag = backlog.since === null ? 0 : ageSeconds(backlog.since, now);
  const waits =
    backlog.waiting === 0 ? 'Nothing waits' : `${some(backlog.waiting, ...words.what)}, the oldest for ${span(lag)}`;
  const gone = backlog.givenUp > 0 ? `; ${backlog.givenUp} ${words.givenUp}` : '';
  const error = backlog.lastError && lag > words.late ? ` (${backlog.lastError})` : '';
  if (lag <= words.late && backlog.givenUp === 0) return well(name, `${waits}.`);
  return {
    name,
    tone: lag > 12 * words.late ? 'red' : 'yellow',
    says: `${waits}${gone}${error}.`,
    remedy: words.remedy,
  };
}

function notices({ events: { waiting } }: HealthFacts): HealthRow {
  const says = waiting === 0 ? 'Everybody was told.' : `${some(waiting, 'event waits', 'events wait')} to be told.`;
  if (waiting < 1_000) return well('Notices', says);
  return {
    name: 'Notices',
    tone: waiting < 10_000 ? 'yellow' : 'red',
    says,
    remedy: 'The sweep deliver-notices does not keep up: look at its errors in the worker’s log.',
  };
}

function books({ books: check }: HealthFacts, now: Date): HealthRow {
  if (check === null)
    return {
      name: 'Books',
      tone: 'yellow',
      says: 'They were never checked.',
      remedy: 'Check them on the page of the books.',
    };
  const age = ageSeconds(check.checkedAt, now);
  if (check.wrong > 0)
    return {
      name: 'Books',
      tone: 'red',
      says: `${some(check.wrong, 'thing does', 'things do')} not add up, as of ${span(age)} ago.`,
      remedy: 'Stop payouts, keep a backup, and look at the page of the books: it names the first of them.',
    };
  if (age * SECOND < DAY / 4) return well('Books', `They add up, as of ${span(age)} ago.`);
  return {
    name: 'Books',
    tone: 'yellow',
    says: `They added up ${span(age)} ago.`,
    remedy: 'They are checked each hour by the sweep check-books: look whether it runs.',
  };
}

function payouts({ payouts: { failing, lastError } }: HealthFacts): HealthRow {
  if (failing === 0) return well('Payouts', 'None is stuck.');
  return {
    name: 'Payouts',
    tone: 'yellow',
    says: `${some(failing, 'payout does', 'payouts do')} not get on: ${lastError ?? 'the provider did not say why'}.`,
    remedy:
      'The provider refuses or is not reached. It is tried again by itself; look at its balance and its dashboard.',
  };
}
