import { describe, expect, it } from 'vitest';
import type { LogPiece } from '#agent/act/runtime.ts';
import { logShipper } from '#agent/io/log-shipper.ts';
import { MarketAway, MarketRefused } from '#agent/io/market.ts';
import { type LogsRequest, logsRequest } from '#protocol/agent.ts';

const piece = (offset: number, text: string): LogPiece => ({ offset, at: new Date(), stream: 'stdout', text });

/** A workload that prints these pieces; `taken` counts what was read of it. */
function shipping(pieces: Iterable<LogPiece>, send: (request: LogsRequest) => Promise<void>) {
  const state = { offset: 0, taken: 0, pauses: [] as number[] };
  const stopping = new AbortController();
  const shipper = logShipper({
    runtime: {
      async *logs(_, from) {
        for (const each of pieces) {
          if (each.offset < from) continue;
          state.taken += 1;
          yield each;
        }
      },
    },
    journal: {
      logOffset: () => state.offset,
      keepLogOffset: (_, offset) => {
        state.offset = offset;
      },
    },
    send,
    pause: async (ms, signal) => {
      state.pauses.push(ms);
      signal.throwIfAborted();
    },
  });
  return { state, stopping, done: shipper.follow('lse_1', stopping.signal) };
}

describe('shipping logs', () => {
  it('sends everything once, in order, in requests of the protocol’s size, at most one a second', async () => {
    const texts = Array.from({ length: 1_000 }, (_, index) => `${index} ${'ä'.repeat(index % 500)}\n`);
    const pieces: LogPiece[] = [];
    for (let [at, offset] = [0, 0]; at < texts.length; at += 1) {
      pieces.push(piece(offset, texts[at] ?? ''));
      offset += Buffer.byteLength(texts[at] ?? '');
    }
    const sent: LogsRequest[] = [];
    const { state, done } = shipping(pieces, async (request) => {
      expect(logsRequest.safeParse(request).success).toBe(true);
      sent.push(request);
    });
    await done;
    expect(sent.flatMap(({ chunks }) => chunks.map(({ text }) => text)).join('')).toBe(texts.join(''));
    expect(state.offset).toBe(Buffer.byteLength(texts.join('')));
    expect(state.pauses.filter((ms) => ms === 1_000)).toHaveLength(sent.length);
  });

  it('cuts what is too long for one piece, between characters and with the right offsets', async () => {
    const text = `x${'💥'.repeat(70_000)}`;
    let together = '';
    const { state, done } = shipping([piece(10, text)], async ({ chunks }) => {
      for (const chunk of chunks) {
        expect(chunk.offset).toBe(10 + Buffer.byteLength(together));
        expect(chunk.text.length).toBeLessThanOrEqual(65_536);
        together += chunk.text;
      }
    });
    await done;
    expect(together).toBe(text);
    expect(state.offset).toBe(10 + Buffer.byteLength(text));
  });

  it('reads no further than it can send, so that a market that is away costs no memory', async () => {
    function* endless() {
      for (let offset = 0; ; offset += 50_000) yield piece(offset, 'x'.repeat(50_000));
    }
    let release: () => void = () => undefined;
    let tries = 0;
    const { state, stopping, done } = shipping(endless(), () => {
      tries += 1;
      if (tries < 5) return Promise.reject(new MarketAway('away'));
      return new Promise((resolve) => {
        release = resolve;
      });
    });
    await expect.poll(() => tries).toBe(5);
    await expect.poll(() => state.taken).toBeGreaterThan(5);
    expect(state.taken).toBeLessThan(20);
    expect(state.pauses).toEqual([1_000, 2_000, 4_000, 8_000]);
    stopping.abort();
    release();
    await done;
  });

  it('goes on after lines that the market will not have', async () => {
    const sent: string[] = [];
    let first = true;
    const lines = Array.from({ length: 400 }, (_, index) => piece(index, 'x'));
    const { state, done } = shipping(lines, async ({ chunks }) => {
      if (first) {
        first = false;
        throw new MarketRefused(404, 'notFound', 'No such lease.');
      }
      sent.push(chunks.map(({ text }) => text).join(''));
    });
    await done;
    expect(sent.join('').length).toBeGreaterThan(100);
    expect(state.offset).toBe(400);
  });
});
