import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { has } from '#tests/support/needs.ts';
import { aloneCommand } from '../../bin/lib/test/needs.mjs';
import { verifyBundle } from '../../bin/lib/verify-bundle.mjs';

const shipped = readFileSync('bin/verify.mjs', 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'sublet-alone-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
copyFileSync('bin/verify.mjs', join(folder, 'verify.mjs'));
copyFileSync('tests/fixtures/bills/v2.json', join(folder, 'bill.json'));

/** This Node, and the one that the system came with, which may be older. */
const nodes = [process.execPath, '/usr/bin/node', '/usr/local/bin/node'].filter((path) => existsSync(path));

const run = async (program: string, args: readonly string[]) =>
  (
    await promisify(execFile)(program, [...args], {
      cwd: folder,
      env: { PATH: process.env.PATH } as unknown as NodeJS.ProcessEnv,
    })
  ).stdout;

describe('the verifier of bills', () => {
  it('is the file that its sources make: if not, run “npm run generate” and commit bin/verify.mjs', async () => {
    expect(shipped === (await verifyBundle())).toBe(true);
  });

  it('imports nothing but what Node brings', () => {
    const imported = [...shipped.matchAll(/\bfrom "([^"]+)"|\bimport\(|\brequire\(/g)].map(
      ([whole, from]) => from ?? whole,
    );
    expect(imported.sort()).toEqual(['node:fs', 'node:util']);
  });

  it.each(nodes)('works in an empty folder by %s', async (node) => {
    expect(await run(node, ['verify.mjs', 'bill.json'])).toContain('Countersigned by the renter up to statement 3');
  });

  it.runIf(has('namespaces'))('works where there is no network interface at all', async () => {
    const [unshare = '', ...options] = aloneCommand() ?? [];
    const inside = (args: readonly string[]) => run(unshare, [...options, process.execPath, ...args]);
    expect(await inside(['-p', 'Object.values(require("os").networkInterfaces()).flat().length'])).toBe('0\n');
    expect(await inside(['verify.mjs', 'bill.json'])).toMatch(/^RIGHT/);
  });
});
