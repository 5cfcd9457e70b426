import { describe, expect, it } from 'vitest';
import { pullProgress } from './pull-progress.ts';

const downloading = (id: string, current: number, total: number) => ({
  id: id.repeat(12),
  status: 'Downloading',
  progressDetail: { current, total },
});

describe('the speed of a pull', () => {
  it('is that of the last eight seconds: a burst of one second does not make the time left jump', () => {
    const pull = pullProgress();
    for (let second = 0; second <= 8; second += 1) pull.take(downloading('a', second * 100, 10_000), second * 1_000);
    expect(pull.now().bytesPerSecond).toBe(100);
    pull.take(downloading('a', 800 + 900, 10_000), 9_000);
    expect(pull.now().bytesPerSecond).toBe(200);
    // What was fast nine seconds ago says nothing about now.
    for (let second = 10; second <= 18; second += 1)
      pull.take(downloading('a', 1_700 + (second - 9) * 10, 10_000), second * 1_000);
    expect(pull.now().bytesPerSecond).toBe(10);
  });

  it('is none of a layer that begins anew, and a layer without a size stays without one', () => {
    const pull = pullProgress();
    pull.take(downloading('a', 5_000, 10_000), 0);
    pull.take(downloading('a', 100, 10_000), 1_000);
    pull.take({ id: 'b'.repeat(12), status: 'Waiting' }, 1_000);
    expect(pull.now()).toMatchObject({ bytesPerSecond: 0, bytesTotal: 10_000 });
    expect(pull.now().layers[1]).toMatchObject({ state: 'waiting', bytesTotal: 0 });
  });
});
