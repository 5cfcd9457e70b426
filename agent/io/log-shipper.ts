import type { LogsRequest } from '../../protocol/agent.ts';
import { PROTOCOL_VERSION } from '../../protocol/words.ts';
import type { ContainerRuntime, LogPiece } from '../act/runtime.ts';
import type { Journal } from './journal.ts';
import { MarketRefused } from './market.ts';

/** Brings what workloads print to the market. */
export type LogShipper = {
  /** Follows a workload until it ends or the signal aborts, from where the market last had it. Never rejects. */
  follow(leaseId: string, signal: AbortSignal): Promise<void>;
};

export type LogShipperOptions = {
  runtime: Pick<ContainerRuntime, 'logs'>;
  journal: Pick<Journal, 'logOffset' | 'keepLogOffset'>;
  /** Resolves when the market has it; rejects when it has not, and it is sent again. */
  send: (request: LogsRequest, signal: AbortSignal) => Promise<void>;
  /** Rejects when the signal aborts. */
  pause: (ms: number, signal: AbortSignal) => Promise<unknown>;
};

const BATCH_CHARACTERS = 256 * 1024;
const BATCH_PIECES = 200;
const PIECE_CHARACTERS = 65_536;
const BETWEEN_BATCHES_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Sends at most one batch a second of at most 256 KiB. What a workload prints beyond that waits in the container's own log,
 * which is bounded: this process holds at most two batches a workload.
 */
export function logShipper({ runtime, journal, send, pause }: LogShipperOptions): LogShipper {
  async function deliver(leaseId: string, pieces: LogPiece[], signal: AbortSignal): Promise<void> {
    const chunks = pieces.map(({ offset, at, stream, text }) => ({ offset, at: at.toISOString(), stream, text }));
    for (let wait = BETWEEN_BATCHES_MS; ; wait = Math.min(LONGEST_PAUSE_MS, wait * 2)) {
      try {
        await send({ protocol: PROTOCOL_VERSION, leaseId, chunks }, signal);
        break;
      } catch (error) {
        // Lines that the market will not have are not worth standing still for.
        if (error instanceof MarketRefused && error.status !== 401 && error.status !== 429) break;
        await pause(wait, signal);
      }
    }
    const last = pieces.at(-1);
    if (last !== undefined) journal.keepLogOffset(leaseId, last.offset + Buffer.byteLength(last.text));
    await pause(BETWEEN_BATCHES_MS, signal);
  }

  return {
    async follow(leaseId, signal) {
      const waiting: LogPiece[] = [];
      let characters = 0;
      let done = false;
      // Only one side waits at a time: the reader for room, or the sender for something to send.
      let ring: () => void = () => undefined;
      const bell = () =>
        new Promise<void>((resolve) => {
          ring = resolve;
        });
      const read = async () => {
        try {
          for await (const piece of runtime.logs(leaseId, journal.logOffset(leaseId), signal)) {
            for (const part of parts(piece)) {
              while (!done && (waiting.length >= BATCH_PIECES || characters >= BATCH_CHARACTERS)) await bell();
              if (done) return;
              waiting.push(part);
              characters += part.text.length;
              ring();
            }
          }
        } finally {
          done = true;
          ring();
        }
      };
      const write = async () => {
        try {
          for (;;) {
            while (!done && waiting.length === 0) await bell();
            if (waiting.length === 0) return;
            const batch = waiting.splice(0);
            characters = 0;
            ring();
            await deliver(leaseId, batch, signal);
          }
        } finally {
          done = true;
          ring();
        }
      };
      // A log that the runtime lost, or an abort: the next run of the workload is followed again.
      await Promise.allSettled([read(), write()]);
    },
  };
}

function* parts(piece: LogPiece): Generator<LogPiece> {
  let { offset, text } = piece;
  while (text.length > PIECE_CHARACTERS) {
    // Not between the two halves of a character.
    const end = /[\ud800-\udbff]/.test(text.charAt(PIECE_CHARACTERS - 1)) ? PIECE_CHARACTERS - 1 : PIECE_CHARACTERS;
    const head = text.slice(0, end);
    yield { ...piece, offset, text: head };
    offset += Buffer.byteLength(head);
    text = text.slice(end);
  }
  yield { ...piece, offset, text };
}
