import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type Docker from 'dockerode';
import type { LogPiece } from '../runtime.ts';
import { type Frame, frameReader } from './frames.ts';

/** Where reading stopped: how much was read, and the stamp of the last message with how many bore the same one. */
export type LogPosition = {
  /** The offset at which the present container's output begins: an earlier container of the lease may have printed before. */
  base: number;
  offset: number;
  stamp: string | null;
  sameStamp: number;
};

export const LOG_START: LogPosition = { base: 0, offset: 0, stamp: null, sameStamp: 0 };

const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{1,9})Z /;
const LARGEST_PIECE = 32_768;

type Line = { stream: Frame['stream']; stamp: string; bytes: Buffer };

function lineOf(frame: Frame): Line | null {
  const [whole, second, fraction] = STAMP.exec(frame.bytes.toString('latin1', 0, 40)) ?? [];
  if (whole === undefined || second === undefined || fraction === undefined) return null;
  const stamp = `${second}.${fraction.padEnd(9, '0')}Z`;
  return { stream: frame.stream, stamp, bytes: frame.bytes.subarray(whole.length) };
}

/** Docker takes an instant as seconds and nanoseconds since 1970. */
function since(stamp: string): string {
  return `${Date.parse(`${stamp.slice(0, 19)}Z`) / 1_000}.${stamp.slice(20, 29)}`;
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
  const options = { follow: true, stdout: true, stderr: true, timestamps: true } as const;
  const wanted = from.stamp === null ? options : { ...options, since: since(from.stamp) };
  const stream = (await container.logs({
    ...wanted,
    ...(signal === undefined ? {} : { abortSignal: signal }),
  })) as Readable;
  const cut = frameReader();
  const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  let skip = from.sameStamp;
  let position = from;
  let piece = null as LogPiece | null;

  try {
    for await (const chunk of stream) {
      for (const frame of cut(chunk as Buffer)) {
        const line = lineOf(frame);
        if (line === null) continue;
        if (skip > 0 && line.stamp === from.stamp) {
          skip -= 1;
          continue;
        }
        skip = 0;
        const text = decoders[line.stream].write(line.bytes).replaceAll('\0', '\ufffd');
        if (piece !== null && (piece.stream !== line.stream || piece.text.length + text.length > LARGEST_PIECE)) {
          yield { piece, position };
          piece = null;
        }
        piece = {
          offset: piece?.offset ?? position.offset,
          at: piece?.at ?? new Date(line.stamp),
          stream: line.stream,
          text: (piece?.text ?? '') + text,
        };
        position = {
          base: position.base,
          offset: position.offset + Buffer.byteLength(text),
          stamp: line.stamp,
          sameStamp: line.stamp === position.stamp ? position.sameStamp + 1 : 1,
        };
      }
      if (piece !== null) yield { piece, position };
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
