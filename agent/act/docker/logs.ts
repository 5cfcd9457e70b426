import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type Docker from 'dockerode';
import type { LogPiece } from '../runtime.ts';
import { type Frame, frameReader } from './frames.ts';

/**
 * Where reading stopped. Docker can be asked for messages from an instant on; their stamps need not be in order, for stdout and stderr are
 * stamped side by side. So the instant lies a while before the end of what was read, and `count` says how many messages from it on were read.
 */
export type LogPosition = {
  /** The offset at which the present container's output begins: an earlier container of the lease may have printed before. */
  base: number;
  offset: number;
  /** Nanoseconds since 1970, as decimal text; null is the beginning. */
  since: string | null;
  count: number;
};

export const LOG_START: LogPosition = { base: 0, offset: 0, since: null, count: 0 };

const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{1,9})Z /;
const LARGEST_PIECE = 32_768;
const SECOND = 1_000_000_000n;

type Line = { stream: Frame['stream']; at: bigint; bytes: Buffer };

function lineOf(frame: Frame): Line | null {
  const [whole, second, fraction] = STAMP.exec(frame.bytes.toString('latin1', 0, 40)) ?? [];
  if (whole === undefined || second === undefined || fraction === undefined) return null;
  const at = (BigInt(Date.parse(`${second}Z`)) / 1_000n) * SECOND + BigInt(fraction.padEnd(9, '0'));
  return { stream: frame.stream, at, bytes: frame.bytes.subarray(whole.length) };
}

/** Counts what is read since an instant, and moves that instant on so that it stays at least a second behind. */
function bookmark(from: LogPosition) {
  let { since } = from;
  let count = 0;
  let newest = since === null ? 0n : BigInt(since);
  let next = { since: newest + 1n, count: 0 };
  return {
    read(at: bigint): void {
      count += 1;
      if (at >= next.since) next.count += 1;
      if (at > newest) newest = at;
      if (newest - next.since < SECOND) return;
      since = String(next.since);
      count = next.count;
      next = { since: newest + 1n, count: 0 };
    },
    get place() {
      return { since, count };
    },
  };
}

/**
 * A container's output from a position on, followed until the container ends or `signal` aborts. Text is UTF-8 with what is not
 * (and NUL, which PostgreSQL cannot store) replaced by U+FFFD; offsets count the bytes of that text. Output that Docker has
 * rotated away is not there any more and not counted.
 */
export async function* followLogs(
  container: Docker.Container,
  from: LogPosition,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ piece: LogPiece; position: LogPosition }> {
  const begin = from.since === null ? null : BigInt(from.since);
  const since = begin === null ? {} : { since: `${begin / SECOND}.${String(begin % SECOND).padStart(9, '0')}` };
  const options = { follow: true, stdout: true, stderr: true, timestamps: true, ...since } as const;
  const stream = (await container.logs({ ...options, ...(signal && { abortSignal: signal }) })) as Readable;
  const cut = frameReader();
  const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  const mark = bookmark(from);
  let skip = from.count;
  let offset = from.offset;
  let piece = null as LogPiece | null;
  const position = () => ({ base: from.base, offset, ...mark.place });

  try {
    for await (const chunk of stream) {
      for (const frame of cut(chunk as Buffer)) {
        const line = lineOf(frame);
        if (line === null) continue;
        if (skip > 0) {
          skip -= 1;
          mark.read(line.at);
          continue;
        }
        const text = decoders[line.stream].write(line.bytes).replaceAll('\0', '\ufffd');
        if (piece !== null && (piece.stream !== line.stream || piece.text.length + text.length > LARGEST_PIECE)) {
          yield { piece, position: position() };
          piece = null;
        }
        const at = new Date(Number(line.at / 1_000_000n));
        piece = { at, offset, stream: line.stream, ...piece, text: (piece?.text ?? '') + text };
        offset += Buffer.byteLength(text);
        mark.read(line.at);
      }
      if (piece !== null) yield { piece, position: position() };
      piece = null;
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  } finally {
    stream.destroy();
  }
}

/** The part of a piece at or after an offset; null when all of it lies before. */
export function pieceFrom(piece: LogPiece, fromOffset: number): LogPiece | null {
  if (piece.offset >= fromOffset) return piece;
  const bytes = Buffer.from(piece.text, 'utf8');
  if (piece.offset + bytes.length <= fromOffset) return null;
  return { ...piece, offset: fromOffset, text: bytes.subarray(fromOffset - piece.offset).toString('utf8') };
}
