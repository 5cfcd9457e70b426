import type { ConnectAnswer, SyncAnswer, SyncRequest } from '../protocol/agent.ts';
import { PROTOCOL_VERSION } from '../protocol/words.ts';
import type { Clock } from './clock.ts';
import { shakeHands } from './io/handshake.ts';
import type { Keys } from './io/identity.ts';
import { type Market, MarketAway, MarketRefused } from './io/market.ts';
import { type Log, messageOf } from './log.ts';

/** What the agent has to say; `urgent` asks for an answer at once. */
export type Saying = Pick<SyncRequest, 'specification' | 'selfTest' | 'workloads' | 'statements' | 'defaultJob'> & {
  urgent: boolean;
};

export type ContactOptions = {
  market: Market;
  machineId: string;
  keys: Keys;
  bootId: string;
  agentVersion: string;
  clock: Clock;
  log: Log;
  /** Called anew for each request; what `fresh` connections need is said in full. */
  compose: (fresh: boolean) => Saying;
  /** The answer, and what it answers. A throw means that it was not taken: it will be asked for again. */
  receive: (answer: SyncAnswer, saying: Saying) => void;
  /** The market's time, in milliseconds, just now. */
  onTime: (instant: number) => void;
  onConnect?: (answer: ConnectAnswer) => void;
  /** Rejects when the signal aborts. */
  pause: (ms: number, signal: AbortSignal) => Promise<unknown>;
  random?: () => number;
};

/** The conversation with the market: always one request open, so that news arrives at once. */
export type Contact = {
  /** Something changed here: a held request is given up for one that says so. */
  nudge(): void;
  /** The token that authenticates other calls; null while there is no connection. */
  token(): string | null;
  /** Why the market is not heard just now; null while it is. */
  problem(): string | null;
  /** Resolves when the signal aborted. Never rejects. */
  done: Promise<void>;
};

const SHORTEST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** Refusals that trying again will not mend soon: a person must do something. */
const STUBBORN = new Set(['agentUnknown', 'identityCopied', 'protocolOutdated', 'protocolMismatch', 'notAMarket']);
const STUBBORN_PAUSE_MS = 60_000;
/** Changes within this time travel together. */
const GATHER_MS = 20;

class Nudged extends Error {}

/** Connects, and syncs until the signal aborts; comes back by itself, with growing and jittered pauses. Rentals do not depend on it. */
export function keepContact(options: ContactOptions, signal: AbortSignal): Contact {
  const { market, log, pause, random = Math.random } = options;
  let token: string | null = null;
  let sequence = 0;
  let generation = 0;
  let fresh = true;
  let failures = 0;
  let problem: string | null = null;
  let dirty = false;
  let held: AbortController | null = null;
  let gather: NodeJS.Timeout | undefined;

  async function connect(): Promise<string> {
    const answer = await shakeHands(options);
    options.onTime(Date.parse(answer.now));
    sequence = 0;
    fresh = true;
    options.onConnect?.(answer);
    return answer.token;
  }

  async function syncOnce(): Promise<void> {
    token ??= await connect();
    dirty = false;
    const saying = options.compose(fresh);
    const { urgent: asked, ...words } = saying;
    // After silence an answer at once shows that it is over.
    const urgent = asked || problem !== null;
    sequence += 1;
    const controller = new AbortController();
    held = urgent ? null : controller;
    const now = new Date(options.clock.wall()).toISOString();
    let answer: SyncAnswer;
    try {
      answer = await market.sync(
        token,
        { protocol: PROTOCOL_VERSION, sequence, now, generation, hold: !urgent, ...words },
        AbortSignal.any([signal, controller.signal]),
      );
    } finally {
      held = null;
    }
    options.onTime(Date.parse(answer.now));
    fresh = false;
    options.receive(answer, saying);
    generation = answer.generation;
    heard();
  }

  function heard(): void {
    if (problem !== null) log.info('The market answers again.', { afterTries: failures });
    problem = null;
    failures = 0;
  }

  async function afterFailure(error: unknown): Promise<void> {
    if (error instanceof Nudged || signal.aborted) return;
    failures += 1;
    if (error instanceof MarketRefused && error.status === 401) {
      token = null;
      // The first time is the ordinary end of a connection's life.
      if (failures === 1) return;
    }
    // What is neither the market's silence nor its refusal is this machine's: a full disk, for one.
    const sentence = messageOf(error);
    if (sentence !== problem) {
      const meanwhile = error instanceof MarketAway ? ' Rentals go on; trying again.' : '';
      log.warn(sentence + meanwhile, error instanceof MarketRefused ? { reason: error.reason } : {});
    }
    problem = sentence;
    await pause(pauseAfter(error), signal);
  }

  function pauseAfter(error: unknown): number {
    if (error instanceof MarketRefused) {
      if (error.retryAfterSeconds !== null) return Math.max(SHORTEST_PAUSE_MS, error.retryAfterSeconds * 1_000);
      if (STUBBORN.has(error.reason)) return STUBBORN_PAUSE_MS * (0.75 + random() / 2);
    }
    const limit = Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** Math.min(10, failures - 1));
    return limit / 2 + (random() * limit) / 2;
  }

  async function converse(): Promise<void> {
    while (!signal.aborted) {
      try {
        await syncOnce();
      } catch (error) {
        await afterFailure(error).catch(() => undefined);
      }
    }
  }

  signal.addEventListener('abort', () => clearTimeout(gather));
  return {
    nudge() {
      dirty = true;
      if (gather !== undefined || signal.aborted) return;
      gather = setTimeout(() => {
        gather = undefined;
        if (dirty) held?.abort(new Nudged());
      }, GATHER_MS);
    },
    token: () => token,
    problem: () => problem,
    done: converse(),
  };
}
