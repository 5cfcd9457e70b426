import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { GET as download } from '#app/downloads/[name]/route.ts';
import { GET as installer } from '#app/install.sh/route.ts';
import { forgetEnv } from '#lib/io/env.ts';

const AGENT = 'console.log("agent")';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'downloads-'));
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'dist/agent.mjs'), AGENT);
  writeFileSync(join(folder, 'dist/agent.mjs.sha256'), 'not served');
  writeFileSync(join(folder, 'secret'), 'not served');
});
beforeEach(() => {
  vi.stubEnv('SUBLET_DIR', folder);
  vi.stubEnv('SUBLET_PUBLIC_URL', 'https://market.example');
  vi.stubEnv('DATABASE_URL', 'postgresql://nowhere/none');
  forgetEnv();
});
afterAll(() => {
  forgetEnv();
  rmSync(folder, { recursive: true });
});

const get = (name: string, headers: Record<string, string> = {}) =>
  download(new Request('https://market.example/downloads/x', { headers }), { params: Promise.resolve({ name }) });

describe('what machines fetch from the market', () => {
  it('is listed with its SHA-256, and served as stated', async () => {
    const { files } = await (await get('index.json')).json();
    expect(files).toEqual([{ name: 'agent.mjs', bytes: AGENT.length, sha256: sha256(AGENT) }]);
    const served = await get('agent.mjs');
    expect(await served.text()).toBe(AGENT);
    expect(served.headers.get('content-length')).toBe(String(AGENT.length));
    const etag = served.headers.get('etag') ?? '';
    expect((await get('agent.mjs', { 'if-none-match': etag })).status).toBe(304);
  });

  it('is stated anew as soon as it changed', async () => {
    writeFileSync(join(folder, 'dist/agent.mjs'), `${AGENT}\n`);
    const { files } = await (await get('index.json')).json();
    expect(files[0].sha256).toBe(sha256(`${AGENT}\n`));
    writeFileSync(join(folder, 'dist/agent.mjs'), AGENT);
  });

  it.each(['agent.mjs.sha256', '../secret', '..%2fsecret', '', 'node-linux-x64.gz', 'agent.mjs\u0000', '<script>'])(
    'is nothing else: %j is not found',
    async (name) => {
      expect((await get(name)).status).toBe(404);
    },
  );

  it('is installed by a program that names this market, and states what it will fetch', async () => {
    const answer = await installer();
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toContain('shellscript');
    expect(text).toContain("MARKET='https://market.example'");
    expect(text).toContain(`${sha256(AGENT)} agent.mjs`);
    expect(text).not.toMatch(/@[A-Z]+@/);
  });
});
