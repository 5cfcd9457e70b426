import { expect, it } from 'vitest';
import { silentLog } from '#agent/log.ts';
import { selfTestingOf } from '#agent/self-testing.ts';

const HOUR = 3_600_000;

/** A self-test that comes out as it is told, and counts how often it ran. */
function testing() {
  const state = { at: 0, passes: true, runs: 0, release: null as (() => void) | null, holds: false };
  const selfTesting = selfTestingOf({
    monotonic: () => state.at,
    log: silentLog,
    async run() {
      state.runs += 1;
      if (state.holds) await new Promise<void>((resolve) => Object.assign(state, { release: resolve }));
      return { at: new Date(0).toISOString(), passed: state.passes, checks: [] };
    },
  });
  return { state, selfTesting };
}

it('runs at first, again hours after it passed and minutes after it failed', async () => {
  const { state, selfTesting } = testing();
  await selfTesting.look();
  state.at += 5 * HOUR;
  await selfTesting.look();
  expect(state.runs).toBe(1);
  state.at += HOUR;
  state.passes = false;
  await selfTesting.look();
  expect(state.runs).toBe(2);
  state.at += HOUR / 6;
  await selfTesting.look();
  expect(state.runs).toBe(3);
});

it('runs once for each asking, and says which it answers', async () => {
  const { state, selfTesting } = testing();
  await selfTesting.look();
  expect(selfTesting.latest()).not.toHaveProperty('asked');
  expect(selfTesting.ask(undefined)).toBe(false);
  expect(selfTesting.ask(7)).toBe(true);
  // The market goes on saying it until it heard the answer.
  expect(selfTesting.ask(7)).toBe(false);
  await selfTesting.look();
  await selfTesting.look();
  expect(state.runs).toBe(2);
  expect(selfTesting.latest()).toMatchObject({ asked: 7 });
});

it('runs one at a time, and answers an asking that came while one ran by another', async () => {
  const { state, selfTesting } = testing();
  state.holds = true;
  const first = selfTesting.look();
  selfTesting.ask(1);
  const second = selfTesting.look();
  const third = selfTesting.look();
  expect(state.runs).toBe(1);
  state.holds = false;
  state.release?.();
  await Promise.all([first, second, third]);
  expect(state.runs).toBe(2);
  expect(selfTesting.latest()).toMatchObject({ asked: 1 });
});

it('is tried again after a trial that broke', async () => {
  let breaks = true;
  const selfTesting = selfTestingOf({
    monotonic: () => 0,
    log: silentLog,
    async run() {
      if (breaks) throw new Error('boom');
      return { at: new Date(0).toISOString(), passed: true, checks: [] };
    },
  });
  await expect(selfTesting.look()).rejects.toThrow('boom');
  breaks = false;
  await selfTesting.look();
  expect(selfTesting.latest()?.passed).toBe(true);
});
