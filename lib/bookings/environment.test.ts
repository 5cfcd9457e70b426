import { describe, expect, it } from 'vitest';
import { ENVIRONMENT_MAX_BYTES, environmentProblem, parseEnvironment } from './environment.ts';

describe('environment variables', () => {
  it('have names as a shell has them, and any value', () => {
    expect(environmentProblem({ A: '', _b2: 'ключ=🦊\n"quotes"' })).toBeNull();
  });

  it.each(['', '1A', 'a-b', 'a b', 'a=b', 'ä', '__proto__.x', 'x'.repeat(201)])('are not named %j', (name) => {
    expect(environmentProblem({ [name]: 'x' })).toMatch(/\.$/);
  });

  it('carry no null characters', () => {
    expect(environmentProblem({ A: 'x\0y' })).toContain('A');
  });

  it('are at most a hundred, and at most 64 KiB together with their names', () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`A${i}`, 'x']));
    expect(environmentProblem(many(100))).toBeNull();
    expect(environmentProblem(many(101))).toMatch(/100/);
    const frame = JSON.stringify({ A: '' }).length;
    expect(environmentProblem({ A: 'x'.repeat(ENVIRONMENT_MAX_BYTES - frame) })).toBeNull();
    expect(environmentProblem({ A: 'x'.repeat(ENVIRONMENT_MAX_BYTES - frame + 1) })).toMatch(/64 KiB/);
    expect(environmentProblem({ A: 'ü'.repeat(ENVIRONMENT_MAX_BYTES / 2) })).toMatch(/64 KiB/);
  });

  it('are read from lines', () => {
    expect(parseEnvironment('# note\n\nA=1\r\n B =x=y \nEMPTY=\n__proto__=z')).toEqual({
      environment: { A: '1', B: 'x=y ', EMPTY: '', ['__proto__']: 'z' },
    });
    expect(parseEnvironment('A=1\nnothing')).toEqual({ problem: 'Line 2 is not of the form NAME=value.' });
    expect(parseEnvironment('A=1\nA=2')).toEqual({ problem: 'Line 2 names A again.' });
  });
});
