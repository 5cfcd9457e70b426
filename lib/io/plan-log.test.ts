import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetEnv } from './env.ts';
import { keepPlan } from './plan-log.ts';

describe('the file in which plans are kept', () => {
  let dir: string;
  const keepIn = (file: string) => {
    vi.stubEnv('DATABASE_URL', 'postgresql://nobody@127.0.0.1:1/none');
    vi.stubEnv('SUBLET_PLAN_LOG', file);
    forgetEnv();
  };
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'sublet-plan-log-'));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    forgetEnv();
    rmSync(dir, { recursive: true });
  });

  it('has each of several large plans that are kept at once in a line of its own, for its owner alone', async () => {
    const file = join(dir, 'plans.log');
    keepIn(file);
    const lines = [...'abcdefgh'].map((letter) => letter.repeat(3_000_000));
    await Promise.all(lines.map((line) => keepPlan(() => line)));
    const kept = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(kept.length).toBe(lines.length);
    expect(kept.every((line) => lines.includes(line))).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('keeps nobody waiting where it cannot be written, nor where a plan is no text', async () => {
    keepIn(join(dir, 'nowhere', 'plans.log'));
    await keepPlan(() => 'a plan');
    keepIn(join(dir, 'plans.log'));
    await keepPlan(() => {
      throw new Error('no text');
    });
  });
});
