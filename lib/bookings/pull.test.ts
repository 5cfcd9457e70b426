import { describe, expect, it } from 'vitest';
import type { PullProgress } from '#protocol/agent.ts';
import { pullLeftSentence, pullSecondsLeft } from './pull.ts';

const layer = (bytesDone: number, bytesTotal: number, state: PullProgress['layers'][number]['state']) => ({
  id: `${state}${bytesTotal}`,
  state,
  bytesDone,
  bytesTotal,
});
function at(bytesPerSecond: number, ...layers: PullProgress['layers']): PullProgress {
  const sum = (of: 'bytesDone' | 'bytesTotal') => layers.reduce((all, one) => all + one[of], 0);
  return { bytesDone: sum('bytesDone'), bytesTotal: sum('bytesTotal'), bytesPerSecond, layers };
}

describe('the time that is left of a pull', () => {
  it('is what is left to download at the speed of the last seconds', () => {
    expect(pullSecondsLeft(at(10, layer(100, 400, 'downloading'), layer(0, 50, 'waiting')))).toBe(35);
  });

  it('is not said while nothing moves, when all is here, or while a layer hides its size', () => {
    expect(pullSecondsLeft(at(0, layer(100, 400, 'downloading')))).toBeNull();
    expect(pullSecondsLeft(at(10, layer(400, 400, 'extracting')))).toBeNull();
    expect(pullSecondsLeft(at(10, layer(100, 400, 'downloading'), layer(0, 0, 'waiting')))).toBeNull();
    expect(pullSecondsLeft(at(10))).toBeNull();
    // A layer that was here already has nothing to say.
    expect(pullSecondsLeft(at(10, layer(100, 400, 'downloading'), layer(0, 0, 'done')))).toBe(30);
  });

  it('is said in steps that do not flicker', () => {
    const said = (seconds: number) => pullLeftSentence(at(1, layer(0, seconds, 'downloading')));
    expect([3, 31, 34, 36, 89, 90, 3_000, 5_400, 9_000].map(said)).toEqual([
      'a few seconds left',
      'about 35 s left',
      'about 35 s left',
      'about 40 s left',
      'about 90 s left',
      'about 2 min left',
      'about 50 min left',
      'about 2 h left',
      'about 3 h left',
    ]);
    expect(pullLeftSentence(at(0))).toBeNull();
  });
});
