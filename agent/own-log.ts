import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import {
  AGENT_LOG_LINE_CHARACTERS,
  AGENT_LOG_LINES_AT_ONCE,
  type AgentLogLevel,
  type AgentLogRequest,
  withoutSecrets,
} from '../protocol/agent-log.ts';
import { PROTOCOL_VERSION } from '../protocol/words.ts';
import { MarketRefused } from './io/market.ts';
import type { Log } from './log.ts';

type Line = AgentLogRequest['lines'][number];

export type OwnLogOptions = {
  /** Where lines go besides. */
  log: Log;
  /** New at every start. */
  boot: string;
  /** The wall clock, in milliseconds. */
  now: () => number;
};

/** What the agent says of its own work: written where it runs, and brought to its host's pages. */
export type OwnLog = {
  /** Writes to the log below, and keeps each line until the market has it. */
  log: Log;
  /** Lines that wait, the oldest first. */
  waiting(): readonly Line[];
  /** Brings lines to the market until the signal aborts. Never rejects. */
  ship(shipping: Shipping, signal: AbortSignal): Promise<void>;
};

export type Shipping = {
  /** Null while there is no connection. */
  token: () => string | null;
  /** Resolves when the market has it; rejects when it has not, and it is sent again. */
  send: (token: string, request: AgentLogRequest, signal: AbortSignal) => Promise<void>;
  /** Rejects when the signal aborts. */
  pause?: (ms: number, signal: AbortSignal) => Promise<unknown>;
};

/** While the market is away the newest lines wait. */
const MOST_WAITING = 1_000;
/** Lines of so long a time travel together. */
const GATHER_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;

/** Collects what is logged. What could be a secret does not leave this process. */
export function ownLogOf({ log, boot, now }: OwnLogOptions): OwnLog {
  let waiting: Line[] = [];
  let sequence = 0;
  let leftOut = 0;
  let ring: () => void = () => undefined;

  function keep(level: AgentLogLevel, text: string): void {
    const message = withoutSecrets(plain(text)).slice(0, AGENT_LOG_LINE_CHARACTERS) || '(nothing)';
    waiting.push({ sequence, at: new Date(now()).toISOString(), level, message });
    sequence += 1;
    if (waiting.length > MOST_WAITING) {
      leftOut += waiting.length - MOST_WAITING;
      waiting = waiting.slice(-MOST_WAITING);
    }
    ring();
  }

  const write =
    (level: AgentLogLevel): Log['info'] =>
    (message, data = {}) => {
      log[level](message, data);
      const facts = Object.entries(data).map(
        ([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      );
      keep(level, message + facts.join(''));
    };

  async function deliver({ token, send }: Shipping, signal: AbortSignal): Promise<boolean> {
    const speaking = token();
    if (speaking === null) return false;
    const lines = waiting.slice(0, AGENT_LOG_LINES_AT_ONCE);
    try {
      await send(speaking, { protocol: PROTOCOL_VERSION, boot, lines }, signal);
    } catch (error) {
      // What the market will not have is not worth keeping; a market from before there were such lines has no place for them.
      if (!(error instanceof MarketRefused) || error.status === 401 || error.status === 429) return false;
    }
    const last = lines.at(-1)?.sequence ?? -1;
    waiting = waiting.filter((line) => line.sequence > last);
    // Not sooner: while as many wait as may, it would push out another.
    if (leftOut > 0) keep('warn', `${leftOut} earlier lines are not here: the market was away for too long.`);
    leftOut = 0;
    return true;
  }

  return {
    log: { info: write('info'), warn: write('warn'), error: write('error') },
    waiting: () => waiting,
    async ship(shipping, signal) {
      const pause = shipping.pause ?? ((ms: number, until: AbortSignal) => sleep(ms, undefined, { signal: until }));
      const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      let failures = 0;
      while (!signal.aborted) {
        if (waiting.length === 0) {
          const bell = new Promise<void>((resolve) => {
            ring = resolve;
          });
          await Promise.race([bell, aborted]);
        }
        const wait = Math.min(LONGEST_PAUSE_MS, GATHER_MS * 2 ** Math.min(10, failures));
        await pause(wait, signal).catch(() => undefined);
        if (signal.aborted) return;
        failures = (await deliver(shipping, signal)) ? 0 : failures + 1;
      }
    },
  };
}

/** A line that cannot move a cursor. Within it a new line is a blank. */
function plain(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
}
