import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readEnv } from '#lib/io/env.ts';
import { composeCommand } from '../../bin/lib/test/needs.mjs';
import { needs } from '../support/needs.ts';

const folder = mkdtempSync(join(tmpdir(), 'sublet-compose-'));
const secrets = execFileSync(process.execPath, ['bin/make-secrets.mjs'], { encoding: 'utf8' });
const full = join(folder, 'full.env');
writeFileSync(full, `${secrets}SUBLET_PUBLIC_URL=https://market.example.org\n`);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Only what the file says counts: the environment of the tests is not the operator's. */
function config(envFile: string): { status: number | null; output: string } {
  const [program = '', ...first] = composeCommand() ?? [];
  const { status, stdout, stderr } = spawnSync(program, [...first, '--env-file', envFile, 'config'], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: folder } as unknown as NodeJS.ProcessEnv,
  });
  return { status, output: stdout + stderr };
}

describe.runIf(needs.compose)('docker-compose.yml', () => {
  it('is taken by Docker Compose once the secrets are made', () => {
    const { status, output } = config(full);
    expect(output).toContain('https://market.example.org');
    expect(status).toBe(0);
    for (const service of ['postgres', 'web', 'worker', 'gateway']) expect(output).toContain(`  ${service}:`);
  });

  it('gives every program what it needs to run', () => {
    const { output } = config(full);
    const value = (name: string) => new RegExp(`^ {6}${name}: (.*)$`, 'm').exec(output)?.[1]?.replace(/^'(.*)'$/, '$1');
    const gateways = /SUBLET_GATEWAYS: ("[\s\S]*?"|'[\s\S]*?')\n {6}[A-Z]/.exec(output)?.[1] ?? '';
    const read = readEnv({
      DATABASE_URL: value('DATABASE_URL'),
      SUBLET_LEASE_KEY: value('SUBLET_LEASE_KEY'),
      SUBLET_GATEWAYS: gateways
        .slice(1, -1)
        .replace(/\s*\n\s+/g, ' ')
        .replaceAll('\\"', '"')
        .replaceAll("''", "'"),
    });
    expect(read.gateways).toMatchObject([{ name: 'gateway-1', portFrom: 22_000, portTo: 22_099 }]);
    expect(read.leaseKeyPem).toContain('BEGIN PRIVATE KEY');
  });

  it('refuses to start without secrets, and says how to make them', () => {
    const empty = join(folder, 'empty.env');
    writeFileSync(empty, '\n');
    const { status, output } = config(empty);
    expect(status).not.toBe(0);
    expect(output).toMatch(/make-secrets|address of this market/);
  });
});

describe('a program of the image', () => {
  it('says which variables it lacks', () => {
    const { status, stderr } = spawnSync(process.execPath, ['bin/serve.mjs', 'web'], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, DATABASE_URL: 'postgresql://x@127.0.0.1/x' } as unknown as NodeJS.ProcessEnv,
    });
    expect(status).toBe(1);
    expect(stderr.trim()).toMatch(/^web needs NEXTAUTH_SECRET, .*SUBLET_PUBLIC_URL\. See \.env\.example;/);
  });

  it('is one of four', () => {
    const { status, stderr } = spawnSync(process.execPath, ['bin/serve.mjs', 'cron'], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain('web | worker | agents | gateway');
  });
});
