import { describe, expect, it } from 'vitest';
import { Engine } from '#lib/scheduler/engine.ts';
import { enginePlacer } from './judge.ts';
import { runSequence } from './protocol.ts';
import { publishedPlacer } from './published.ts';
import { DEFAULT_DATA, readTrace, type Sequence, type Trace } from './trace.ts';

/** The first arrivals on every sixteenth machine, so that there is not room for all. */
function slice(name: string, arrivals: number): { trace: Trace; sequence: Sequence } {
  const trace = readTrace(DEFAULT_DATA, name);
  const whole = trace.sequence(44);
  const ranked = whole.ranked.filter((_, rank) => rank % 16 === 0);
  return { trace, sequence: { seed: 44, arrivals: whole.arrivals.slice(0, arrivals), ranked } };
}

describe('the published policies', () => {
  it.each([
    ['GpuClustering', 42, 87.08],
    ['GpuClustering', 44, 87.35],
    ['GpuPacking', 42, 87.26],
    ['GpuPacking', 45, 88.69],
  ] as const)('%s comes out on cpu250, seed %i, as the authors have it: %f', (policy, seed, published) => {
    const trace = readTrace(DEFAULT_DATA, 'cpu250');
    const sequence = trace.sequence(seed);
    const { at } = runSequence(trace, sequence, publishedPlacer(policy, trace, sequence), 100);
    expect(Math.abs((at.get(100) ?? 0) - published)).toBeLessThanOrEqual(0.01);
  });
});

describe('the engine on a slice of the trace', () => {
  it.each(['default', 'gpuspec33', 'cpu250'])('chooses on %s as a full scan with the published score does', (name) => {
    const { trace, sequence } = slice(name, 800);
    const fast = enginePlacer(trace, sequence, 'fragmentsOnly');
    const slow = publishedPlacer('FGD', trace, sequence);
    const [ours, theirs] = [fast, slow].map((placer) => [...sequence.arrivals].map((demand) => placer.place(demand)));
    expect(ours).toEqual(theirs);
    expect(ours?.filter((id) => id === null).length).toBeGreaterThan(0);
  });

  it.each(['amplyCpu', 'scarceCpu'] as const)(
    'forgets nothing that matters: %s chooses as if it rated all anew',
    (policy) => {
      const { trace, sequence } = slice('gpuspec33', 400);
      const [kept, anew] = [0, 1].map(() => new Engine(sequence.ranked, trace.expected, policy));
      if (kept === undefined || anew === undefined) throw new Error('no engine');
      for (const demand of sequence.arrivals) {
        for (const { rank } of anew.seats) anew.bar(rank, false);
        const known = trace.demands[demand];
        if (known === undefined) throw new Error('no demand');
        expect(kept.place(kept.know(known))).toEqual(anew.place(anew.know(known)));
      }
    },
  );
});
