import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Locked = { optionalDependencies?: Record<string, string>; os?: string[]; cpu?: string[]; integrity?: string };

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> };

/** npm looks beside the package first, then one folder up, and so on. */
function isLocked(from: string, name: string): boolean {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    if (packages[`${base === '' ? '' : `${base}/`}node_modules/${name}`] !== undefined) return true;
    if (base === '') return false;
  }
}

describe('the lock file', () => {
  it('names every optional package of every platform, without which "npm ci" refuses it: bin/complete-lock.mjs writes them back', () => {
    const missing = Object.entries(packages).flatMap(([path, one]) =>
      Object.keys(one.optionalDependencies ?? {}).filter((name) => !isLocked(path, name)),
    );
    expect(missing).toEqual([]);
  });

  it('pins by digest what this machine installs', () => {
    const loose = Object.entries(packages)
      .filter(([path]) => path.includes('node_modules/') && !path.endsWith('@sublet/agent'))
      .filter(
        ([, { os, cpu }]) => (os ?? ['linux']).includes('linux') && (cpu ?? [process.arch]).includes(process.arch),
      )
      .filter(([path, { integrity }]) => integrity === undefined && !/musl|wasm/.test(path))
      .map(([path]) => path);
    expect(loose).toEqual([]);
  });
});
