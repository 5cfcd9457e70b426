import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readEnv } from '#lib/io/env.ts';

const enough = { DATABASE_URL: 'postgresql://sublet@127.0.0.1/sublet' };

describe('the environment', () => {
  it('needs nothing but a database', () => {
    expect(readEnv(enough)).toMatchObject({ publicUrl: 'http://127.0.0.1:3000', demo: false, feeBasisPoints: 1_000 });
  });

  it('counts an empty variable as not set', () => {
    expect(readEnv({ ...enough, SMTP_URL: '', SUBLET_DEMO: '' })).toMatchObject({ smtpUrl: undefined, demo: false });
  });

  it('names every wrong variable at once, and never its value', () => {
    const wrong = { DATABASE_URL: 'mysql://hunter2', NEXTAUTH_SECRET: 'hunter2', SUBLET_GATEWAYS: '[hunter2' };
    expect(() => readEnv(wrong)).toThrow(/DATABASE_URL.*NEXTAUTH_SECRET.*SUBLET_GATEWAYS/s);
    expect(() => readEnv(wrong)).not.toThrow('hunter2');
  });

  it('refuses a gateway whose ports run backwards', () => {
    const gateway = {
      name: 'a',
      publicHost: 'h',
      portFrom: 20,
      portTo: 10,
      tunnelUrl: 'tcp://h:1',
      healthUrl: 'http://h',
    };
    expect(() => readEnv({ ...enough, SUBLET_GATEWAYS: JSON.stringify([gateway]) })).toThrow('portFrom');
  });
});

describe('.env.example', () => {
  /** Not for operators: set by npm, by the system, by `npm start` for its own programs or by `npm test` for its tests. */
  const INNER =
    /^(NODE_ENV|NODE_OPTIONS|PATH|HOME|SHELL|TMPDIR|TERM|CI|NO_COLOR|npm_.*|SUBLET_ROLE|SUBLET_TEST|SUBLET_LONG|SUBLET_E2E_.*|CHROMIUM|NEXT_.*|INVOCATION_ID|XDG_.*|SUDO_.*)$/;

  it('explains every variable that a program reads, and no other', () => {
    const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', '*.ts', '*.tsx', '*.mjs'], {
      encoding: 'utf8',
    });
    const read = new Set<string>();
    for (const path of listed.split('\n')) {
      if (!/^(app|bin|cli|doors|gateway|lib|prisma|worker|next\.config)/.test(path) || /\.test\.tsx?$/.test(path))
        continue;
      for (const [, name = ''] of textOf(path).matchAll(/\bprocess\.env\.([A-Za-z_]+)/g)) read.add(name);
      for (const [, names = ''] of textOf(path).matchAll(/\{([^{}]*)\}\s*=\s*process\.env\b/g)) {
        for (const [, name = ''] of names.matchAll(/\b([A-Z][A-Z_]+)\b/g)) read.add(name);
      }
    }
    for (const [, name = ''] of textOf('lib/io/env.ts').matchAll(/^ {2}([A-Z_]+):/gm)) read.add(name);
    for (const [, name = ''] of textOf('gateway/main.ts').matchAll(/\b(?:required|port)\('([A-Z_]+)'\)/g))
      read.add(name);
    for (const [, name = ''] of textOf('docker-compose.yml').matchAll(/\$\{([A-Z_]+)/g)) read.add(name);
    const explained = [...textOf('.env.example').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name ?? '');
    expect(explained.toSorted()).toEqual([...read].filter((name) => !INNER.test(name)).toSorted());
  });

  it('has a line of explanation above each', () => {
    const lines = textOf('.env.example').split('\n');
    const bare = lines.filter((line, at) => /^[A-Z_]+=/.test(line) && !/^(#|[A-Z_]+=)/.test(lines[at - 1] ?? ''));
    expect(bare).toEqual([]);
  });

  it('is itself usable', () => {
    const set = [...textOf('.env.example').matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
    expect(readEnv({ ...Object.fromEntries(set), ...enough }).publicUrl).toBe('http://127.0.0.1:3000');
  });
});

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
