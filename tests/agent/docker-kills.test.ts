import { PassThrough } from 'node:stream';
import Docker from 'dockerode';
import { describe, expect, it, vi } from 'vitest';
import { watchEvents } from '#agent/act/docker/events.ts';
import { endedFromOutside, killsFromOutside } from '#agent/act/docker/kills.ts';

const at = (second: number) => Date.parse('2026-11-27T12:00:00Z') + second * 1_000;
const ended = (second: number, ExitCode: number, OOMKilled = false) => ({
  ExitCode,
  OOMKilled,
  FinishedAt: new Date(at(second)).toISOString(),
});

describe('a container that is killed', () => {
  it('is so from outside, unless this agent does it or did it a moment ago', async () => {
    let now = 0;
    const kills = killsFromOutside(() => now);
    await kills.ours('lse_1', async () => kills.saw('lse_1'));
    now = 999;
    kills.saw('lse_1');
    expect(kills.has('lse_1')).toBe(false);
    now = 1_001;
    kills.saw('lse_1');
    kills.saw('lse_2');
    expect([kills.has('lse_1'), kills.has('lse_2')]).toEqual([true, true]);
    kills.forget('lse_1');
    expect(kills.has('lse_1')).toBe(false);
  });
});

describe('a container whose end nobody saw', () => {
  const absences = { since: at(0), away: [{ from: at(100), until: at(110) }] };

  it.each([
    ['by a signal while the engine was away', ended(105, 137), true],
    ['by a signal before this agent began', ended(-5, 143), true],
    ['by a signal while all could be seen', ended(50, 137), false],
    ['with a code of its own while the engine was away', ended(105, 0), false],
    ['for its use of memory', ended(105, 137, true), false],
  ])('and that ended %s', (_, end, outside) => {
    expect(endedFromOutside(end, absences)).toBe(outside);
  });

  it('while the engine is still away', () => {
    expect(endedFromOutside(ended(500, 137), { since: at(0), away: [{ from: at(400), until: null }] })).toBe(true);
  });
});

it('an engine that is away when the agent begins counts as lost until it answers', async () => {
  const docker = new Docker();
  vi.spyOn(docker, 'getEvents')
    .mockRejectedValueOnce(new Error('connect ENOENT /var/run/docker.sock'))
    .mockResolvedValue(new PassThrough());
  const said: string[] = [];
  const stop = await new Promise<() => void>((resolve) => {
    const unwatch = watchEvents(docker, 'market', {
      onExit: () => {},
      onKill: () => {},
      onLost: () => said.push('lost'),
      onReconnect: () => {
        said.push('back');
        resolve(unwatch);
      },
    });
  });
  stop();
  expect(said).toEqual(['lost', 'back']);
});
