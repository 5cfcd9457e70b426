import { expect, it } from 'vitest';
import { shownState } from './state.ts';

const ran = { observed: 'failed', desired: 'stopped', startedAt: new Date(0), endedAt: null } as const;
const gone = { ...ran, desired: 'ended', startedAt: null, endedAt: new Date(1) } as const;

it('does not call a program failed that came to its end, as every job does, be it before anybody could use it', () => {
  expect(shownState({ ...ran, reason: 'exited' })).toEqual({ kind: 'stopped', word: 'program ended' });
  expect(shownState({ ...gone, reason: 'exited' }).word).toBe('ended');
});

it('calls failed what its machine could not do', () => {
  expect(shownState({ ...ran, reason: 'gpuMissing' }).word).toBe('failed');
  expect(shownState({ ...gone, reason: 'startFailed' }).word).toBe('failed');
});
