import * as z from 'zod/mini';
import {
  type ConnectAnswer,
  type ConnectRequest,
  challengeAnswer,
  connectAnswer,
  type EnrolAnswer,
  type EnrolRequest,
  enrolAnswer,
  type LeaveAnswer,
  type LeaveRequest,
  type LogsRequest,
  leaveAnswer,
  problem,
  SYNC_HOLD_SECONDS,
  type SyncAnswer,
  type SyncRequest,
  syncAnswer,
} from '../../protocol/agent.ts';
import type { AgentLogRequest } from '../../protocol/agent-log.ts';
import type { MetricsRequest } from '../../protocol/metrics.ts';
import { PROTOCOL_VERSION } from '../../protocol/words.ts';

/** The market could not be reached, or did not answer in time, or is broken: try again later. Rentals go on. */
export class MarketAway extends Error {
  override readonly name = 'MarketAway';
}

/** The market understood and said no. The message is its sentence. */
export class MarketRefused extends Error {
  override readonly name = 'MarketRefused';
  readonly status: number;
  readonly reason: string;
  /** Seconds that the market asks to wait. */
  readonly retryAfterSeconds: number | null;

  constructor(status: number, reason: string, message: string, retryAfterSeconds: number | null = null) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** What an agent can say to its market. Every call rejects with {@link MarketAway} or {@link MarketRefused}, or the signal's abort. */
export type Market = {
  readonly url: string;
  enrol(request: EnrolRequest): Promise<EnrolAnswer>;
  challenge(machineId: string): Promise<z.infer<typeof challengeAnswer>>;
  connect(request: ConnectRequest): Promise<ConnectAnswer>;
  /** Held open by the market up to {@link SYNC_HOLD_SECONDS}. */
  sync(token: string, request: SyncRequest, signal: AbortSignal): Promise<SyncAnswer>;
  sendLogs(token: string, request: LogsRequest, signal: AbortSignal): Promise<void>;
  sendMetrics(token: string, request: MetricsRequest, signal: AbortSignal): Promise<void>;
  /** What the agent says of its own work. */
  sendOwnLog(token: string, request: AgentLogRequest, signal: AbortSignal): Promise<void>;
  /** The machine is to be rented no more. */
  leave(token: string, request: LeaveRequest): Promise<LeaveAnswer>;
};

const ANSWER_MAX_BYTES = 16 * 1024 * 1024;

/** Talks to the market at `baseUrl` over HTTP. */
export function httpMarket(baseUrl: string): Market {
  const url = marketUrl(baseUrl);
  async function say<T>(
    path: string,
    body: unknown,
    schema: z.ZodMiniType<T>,
    { token, signal, seconds = 20 }: { token?: string; signal?: AbortSignal; seconds?: number } = {},
  ): Promise<T> {
    const timeout = AbortSignal.timeout(seconds * 1_000);
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(`${url}/api/agent/v1/${path}`, {
        method: 'POST',
        redirect: 'error',
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
      text = await boundedText(answer);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (timeout.aborted) throw new MarketAway(`The market at ${url} did not answer within ${seconds} s.`);
      throw new MarketAway(`The market at ${url} cannot be reached: ${causeOf(error)}.`);
    }
    const heard = parseJson(text);
    if (!answer.ok) throw refusalOf(url, answer, heard);
    const parsed = schema.safeParse(heard);
    if (parsed.success) return parsed.data;
    throw misunderstood(url, heard);
  }
  return {
    url,
    enrol: (request) => say('enrol', request, enrolAnswer),
    challenge: (machineId) => say('challenge', { protocol: PROTOCOL_VERSION, machineId }, challengeAnswer),
    connect: (request) => say('connect', request, connectAnswer),
    sync: (token, request, signal) =>
      say('sync', request, syncAnswer, { token, signal, seconds: SYNC_HOLD_SECONDS + 20 }),
    sendLogs: async (token, request, signal) => {
      await say('logs', request, z.unknown(), { token, signal });
    },
    sendMetrics: async (token, request, signal) => {
      await say('metrics', request, z.unknown(), { token, signal });
    },
    sendOwnLog: async (token, request, signal) => {
      await say('agent-log', request, z.unknown(), { token, signal });
    },
    leave: (token, request) => say('leave', request, leaveAnswer, { token }),
  };
}

/** The base address of a market without a slash at its end; throws a sentence for what is none. */
export function marketUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.username !== '') {
    throw new TypeError(
      `"${text.slice(0, 200)}" is not the address of a market; it looks like https://market.example.`,
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

async function boundedText(answer: Response): Promise<string> {
  if (answer.body === null) return '';
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of answer.body) {
    size += piece.byteLength;
    if (size > ANSWER_MAX_BYTES) throw new Error('its answer has no end');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusalOf(url: string, answer: Response, heard: unknown): Error {
  const said = problem.safeParse(heard);
  const wait = Number(answer.headers.get('retry-after') ?? Number.NaN);
  if (said.success && answer.status < 500) {
    const seconds = Number.isFinite(wait) ? Math.min(600, Math.max(0, wait)) : null;
    return new MarketRefused(answer.status, said.data.reason, said.data.detail, seconds);
  }
  if (answer.status >= 500) return new MarketAway(`The market at ${url} has trouble of its own (${answer.status}).`);
  return new MarketRefused(
    answer.status,
    'notAMarket',
    `${url} answered ${answer.status} to an agent: is that the address of a Sublet market?`,
  );
}

function misunderstood(url: string, heard: unknown): MarketRefused {
  const spoken = typeof heard === 'object' && heard !== null && 'protocol' in heard ? heard.protocol : undefined;
  if (typeof spoken === 'number' && spoken !== PROTOCOL_VERSION) {
    return new MarketRefused(
      426,
      'protocolMismatch',
      `The market speaks version ${spoken} of the protocol and this agent version ${PROTOCOL_VERSION}. Install the market's agent again: curl -fsSL ${url}/install.sh | sh`,
    );
  }
  return new MarketRefused(502, 'notAMarket', `${url} answered something that is not an answer of a Sublet market.`);
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its name is not known';
  return cause.message === '' ? (code ?? cause.name) : cause.message;
}
