import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followLogs, LOG_START, type LogPosition, pieceFrom } from '#agent/act/docker/logs.ts';
import type { LogPiece } from '#agent/act/runtime.ts';

type Message = { atMicros: number; stream: 1 | 2; text: string };

const BEGIN_SECONDS = 1_790_000_000;

function frameOf({ atMicros, stream, text }: Message): Buffer {
  const seconds = new Date((BEGIN_SECONDS + Math.floor(atMicros / 1e6)) * 1_000).toISOString().slice(0, 19);
  const body = Buffer.from(`${seconds}.${String(atMicros % 1e6).padStart(6, '0')}000Z ${text}`);
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}

/** Answers as Docker does: what is stamped at `since` or later, in the order in which it was written, in chunks of any size. */
function container(messages: Message[], chunkBytes: number): Docker.Container {
  return {
    logs: async ({ since = '0' }: { since?: string }) => {
      const wanted = messages.filter(({ atMicros }) => {
        const [seconds = '0', nanos = '0'] = since.split('.');
        const from = (BigInt(seconds) - BigInt(BEGIN_SECONDS)) * 1_000_000_000n + BigInt(nanos);
        return BigInt(atMicros) * 1_000n >= from;
      });
      const bytes = Buffer.concat(wanted.map(frameOf));
      const chunks = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
        bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes),
      );
      return Readable.from(chunks);
    },
  } as never;
}

async function readAll(from: Docker.Container, position: LogPosition, most = Number.POSITIVE_INFINITY) {
  const pieces: LogPiece[] = [];
  let reached = position;
  for await (const each of followLogs(from, position, undefined)) {
    pieces.push(each.piece);
    reached = each.position;
    if (pieces.length >= most) break;
  }
  return { pieces, reached };
}

const textOf = (pieces: LogPiece[]) => pieces.map(({ text }) => text).join('');

describe('The log of a container', () => {
  // Two streams are stamped side by side, so that stamps may go back a little.
  const messages = fc
    .array(
      fc.record({
        step: fc.integer({ min: -20_000, max: 900_000 }),
        stream: fc.constantFrom(1 as const, 2 as const),
        text: fc.string({ unit: 'grapheme', maxLength: 12 }),
      }),
      { maxLength: 40 },
    )
    .map((steps) => {
      let now = 1_000_000;
      return steps.map(({ step, stream, text }): Message => {
        now = Math.max(now + step, 0);
        return { atMicros: now, stream, text: `${text}\n` };
      });
    });

  it('is handed over whole and once, wherever reading stops and goes on', async () => {
    await fc.assert(
      fc.asyncProperty(
        messages,
        fc.integer({ min: 1, max: 200 }),
        fc.array(fc.nat({ max: 8 }), { maxLength: 6 }),
        async (all, chunkBytes, stops) => {
          const from = container(all, chunkBytes);
          const pieces: LogPiece[] = [];
          let position = LOG_START;
          for (const most of [...stops.map((stop) => stop + 1), Number.POSITIVE_INFINITY]) {
            const read = await readAll(from, JSON.parse(JSON.stringify(position)), most);
            pieces.push(...read.pieces);
            position = read.reached;
          }
          expect(textOf(pieces)).toBe(all.map(({ text }) => text.replaceAll('\0', '\ufffd')).join(''));
          let offset = 0;
          for (const piece of pieces) {
            expect(piece.offset).toBe(offset);
            offset += Buffer.byteLength(piece.text);
          }
          expect(position.offset).toBe(offset);
        },
      ),
    );
  });

  it('goes on with the messages of an earlier container counted', async () => {
    const from = container([{ atMicros: 1, stream: 1, text: 'new\n' }], 100);
    const { pieces } = await readAll(from, { ...LOG_START, base: 100, offset: 100 });
    expect(pieces).toEqual([expect.objectContaining({ offset: 100, text: 'new\n' })]);
  });

  it('is cut at an offset without losing a byte', () => {
    const piece: LogPiece = { offset: 10, at: new Date(0), stream: 'stdout', text: 'grün\n' };
    expect(pieceFrom(piece, 5)).toBe(piece);
    expect(pieceFrom(piece, 14)).toMatchObject({ offset: 14, text: 'n\n' });
    expect(pieceFrom(piece, 16)).toBeNull();
  });
});
