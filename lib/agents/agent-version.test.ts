import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { AGENT_VERSION } from '#protocol/agent-version.ts';
import { agentVersionState, updateLine } from './agent-version.ts';

it('tells older agents from newer ones, and does not guess at what is no version', () => {
  const state = (version: string) => agentVersionState(version, '1.10.2');
  expect(['1.10.2', '1.9.9', '1.10.1', '2.0.0', '1.10.10', '0.99.0'].map(state)).toEqual([
    'current',
    'older',
    'older',
    'newer',
    'newer',
    'older',
  ]);
  expect(['test-1', '', '1.10', 'v1.10.2'].map(state)).toEqual(Array(4).fill('unknown'));
});

it('compares with the agent of this repository', () => {
  const { version } = JSON.parse(readFileSync('agent/package.json', 'utf8')) as { version: string };
  expect(AGENT_VERSION).toBe(version);
  expect(agentVersionState(version)).toBe('current');
  expect(updateLine('https://market.example')).toBe('curl -fsSL https://market.example/install.sh | sudo sh');
});
