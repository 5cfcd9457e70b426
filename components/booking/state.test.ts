import { expect, it } from 'vitest';
import { shownState } from './state.ts';

const ran = { observed: 'failed', desired: 'stopped', startedAt: new Date(0), endedAt: null } as const;

it('does not call a program failed that came to its end, as every job does', () => {
  expect(shownState({ ...ran, reason: 'exited' })).toEqual({ kind: 'stopped', word: 'program ended' });
  expect(shownState({ ...ran, reason: 'exited', desired: 'ended', endedAt: new Date(1) }).word).toBe('ended');
});

it('calls failed what never could be used, and what its machine could not do', () => {
  expect(shownState({ ...ran, reason: 'exited', startedAt: null }).word).toBe('failed');
  expect(shownState({ ...ran, reason: 'gpuMissing' }).word).toBe('failed');
});
