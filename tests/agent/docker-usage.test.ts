import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Usage } from '#agent/act/runtime.ts';
import { BUSYBOX, leaseSpec, never, ownRuntime, quietly } from '#tests/support/docker.ts';
import { eventually } from '#tests/support/eventually.ts';
import { has } from '#tests/support/needs.ts';

describe.runIf(has('docker'))('What a rental uses of a real Docker Engine', () => {
  const { runtime, cleanUp } = ownRuntime();
  beforeAll(() => runtime.pull({ image: BUSYBOX, leaseId: 'lse_none' }, quietly, never));
  afterAll(cleanUp);

  it('grows with its work, and is nothing once it is stopped or gone', async () => {
    const spec = leaseSpec({
      command: ['sh', '-c', 'head -c 30000000 /dev/zero | tail -c 30000000 >/dev/null; while :; do :; done'],
    });
    await runtime.start(spec);
    const used = async () => (await runtime.usage(spec.leaseId, never)) as Usage;
    const first = await used();
    expect(first.memoryBytes).toBeGreaterThan(100_000);
    expect(first.memoryBytes).toBeLessThan(spec.limits.memoryBytes);
    const began = performance.now();
    const later = await eventually(async () => {
      const usage = await used();
      return (usage.cpuMicroseconds ?? 0) - (first.cpuMicroseconds ?? 0) > 300_000 ? usage : null;
    });
    const busy = ((later.cpuMicroseconds ?? 0) - (first.cpuMicroseconds ?? 0)) / ((performance.now() - began) * 1_000);
    // Microseconds of a thread, not nanoseconds and not ticks: one loop on one thread, its ssh server beside it.
    expect(busy).toBeGreaterThan(0.01);
    expect(busy).toBeLessThan(2.5);
    expect(later.networkReceivedBytes).toBeGreaterThanOrEqual(0);
    await runtime.stop(spec.leaseId, 0);
    expect(await runtime.usage(spec.leaseId, never)).toBeNull();
    await runtime.remove(spec.leaseId);
    expect(await runtime.usage(spec.leaseId, never)).toBeNull();
  });
});
