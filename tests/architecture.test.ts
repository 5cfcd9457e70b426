import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { domainOf, type Kind, kindOf, readHouse, type SourceFile } from './architecture/house.ts';

const house = readHouse();
const byPath = new Map(house.map((file) => [file.path, file]));
const sources = house.filter((file) => file.kind !== 'test' && !file.path.startsWith('lib/io/generated/'));

/** What a file of each kind may import from our own rooms. Packages are free unless a rule below says otherwise. */
const MAY_IMPORT: Record<Exclude<Kind, 'test' | 'script'>, readonly Kind[]> = {
  page: ['page', 'component', 'action', 'edge', 'query', 'noun', 'base', 'protocol'],
  action: ['action', 'edge', 'door', 'command', 'errand', 'query', 'noun', 'base', 'protocol'],
  route: ['edge', 'door', 'command', 'errand', 'query', 'noun', 'base', 'io', 'protocol'],
  edge: ['edge', 'command', 'query', 'noun', 'base', 'io', 'protocol'],
  component: ['component', 'noun', 'base', 'protocol', 'action'],
  door: ['door', 'command', 'errand', 'query', 'noun', 'base', 'io', 'protocol'],
  command: ['step', 'query', 'noun', 'base', 'io', 'protocol'],
  step: ['step', 'query', 'noun', 'base', 'io', 'protocol'],
  errand: ['command', 'query', 'noun', 'base', 'io', 'protocol'],
  query: ['query', 'index', 'noun', 'base', 'io', 'protocol'],
  // A live index: process memory fed by lib/io/live.ts.
  index: ['index', 'noun', 'base', 'io'],
  noun: ['noun', 'base', 'protocol'],
  base: ['base', 'protocol'],
  events: [],
  io: ['io', 'noun', 'base', 'protocol'],
  protocol: ['protocol'],
  worker: ['worker', 'command', 'errand', 'query', 'noun', 'base', 'io', 'protocol'],
  cli: ['cli', 'noun', 'base', 'protocol'],
  gateway: ['gateway', 'noun', 'base', 'protocol'],
  agent: ['agent', 'protocol'],
  bench: [
    'bench',
    'cli',
    'command',
    'errand',
    'step',
    'query',
    'index',
    'noun',
    'base',
    'io',
    'protocol',
    'agent',
    'gateway',
    'worker',
    'door',
  ],
};

/** A domain may import those before it, and itself. `payments`, `trust` and `notices` are imported by nobody. */
const DOMAINS = [
  'events',
  'auth',
  'desk',
  'ledger',
  'catalogue',
  'scheduler',
  'bookings',
  'receipts',
  'leases',
  'agents',
  'telemetry',
  'jobs',
  'payments',
  'trust',
  'notices',
];
const IMPORTED_BY_NOBODY = new Set(['payments', 'trust', 'notices']);

/** Exceptions, each with its reason. */
const EXCEPTIONS = new Map<string, string>([
  [
    'cli/admin.ts',
    'the operator makes the first admin where no API could know who asks: it runs commands on the database',
  ],
]);

function imported(file: SourceFile): { file: SourceFile; typeOnly: boolean }[] {
  return file.imports.flatMap(({ from, typeOnly }) => {
    const target = byPath.get(from);
    return target === undefined ? [] : [{ file: target, typeOnly }];
  });
}

function offences(files: readonly SourceFile[], offence: (file: SourceFile) => string[]): string[] {
  return files
    .filter((file) => !EXCEPTIONS.has(file.path))
    .flatMap((file) => offence(file).map((text) => `${file.path}: ${text}`));
}

describe('the house', () => {
  it('lets each file import only what its kind may', () => {
    expect(
      offences(sources, (file) => {
        if (file.kind === 'script' || file.kind === 'test') return [];
        const allowed = MAY_IMPORT[file.kind];
        return (
          imported(file)
            // The type of a transaction or of a command's input is a word, not a call.
            .filter((target) => !target.typeOnly && !allowed.includes(target.file.kind))
            .map((target) => `a ${file.kind} imports a ${target.file.kind}, ${target.file.path}`)
        );
      }),
    ).toEqual([]);
  });

  it('lets actions ask of the doors only what both edges ask alike, in doors/_edge', () => {
    const actions = sources.filter((file) => file.kind === 'action');
    expect(
      offences(actions, (file) =>
        imported(file)
          .filter(({ file: target }) => target.kind === 'door' && !target.path.startsWith('doors/_edge/'))
          .map(({ file: target }) => `asks a door, ${target.path}`),
      ),
    ).toEqual([]);
  });

  it('keeps domains in one direction', () => {
    expect(
      offences(sources, (file) => {
        const domain = domainOf(file.path);
        if (domain === undefined) return [];
        if (!DOMAINS.includes(domain)) return [`unknown domain ${domain}: write it into the order`];
        return imported(file).flatMap((target) => {
          const other = domainOf(target.file.path);
          if (other === undefined || other === domain) return [];
          const wrong = DOMAINS.indexOf(other) > DOMAINS.indexOf(domain) || IMPORTED_BY_NOBODY.has(other);
          return wrong ? [`${domain} may not know ${other} (${target.file.path})`] : [];
        });
      }),
    ).toEqual([]);
  });

  it('keeps nouns, base and protocol pure: no clock, no chance, no environment, no outside', () => {
    const impure =
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomBytes\(|\bprocess\.env\b|\bfetch\(|from 'node:(?:fs|net|http|https|child_process|os)/;
    const pure = sources.filter((file) => ['noun', 'base', 'protocol'].includes(file.kind));
    // The one clock and the one source of ids live in base, by design.
    const homes = new Set(['lib/base/time.ts', 'lib/base/id.ts']);
    expect(
      offences(
        pure.filter((file) => !homes.has(file.path)),
        (file) => {
          const match = impure.exec(file.text);
          return match === null ? [] : [`uses ${match[0]}`];
        },
      ),
    ).toEqual([]);
  });

  it('names commands and steps verb first, in a file of their own', () => {
    expect(
      offences(
        sources.filter((file) => file.kind === 'command' || file.kind === 'step'),
        (file) => {
          if (file.path === 'lib/io/db.ts') return [];
          return /\/[a-z]+(-[a-z0-9]+)+\.ts$/.test(file.path) ? [] : ['writes, but is not named verb-noun.ts'];
        },
      ),
    ).toEqual([]);
  });

  it('lets only lib/io/db.ts know the generated database client, and only the control plane know the database', () => {
    expect(
      offences(sources, (file) =>
        file.imports.some(({ from, typeOnly }) => from.startsWith('lib/io/generated') && !typeOnly) &&
        file.path !== 'lib/io/db.ts'
          ? ['imports the generated client']
          : [],
      ),
    ).toEqual([]);
    const clients = sources.filter(
      (file) =>
        ['gateway', 'agent', 'cli', 'component', 'protocol'].includes(file.kind) && file.path !== 'cli/admin.ts',
    );
    expect(
      offences(clients, (file) =>
        file.imports.some(({ from }) => from === 'pg' || from.startsWith('@prisma') || from === 'lib/io/db.ts')
          ? ['knows the database']
          : [],
      ),
    ).toEqual([]);
  });

  it('lets only app and components know Next', () => {
    const knows = ['page', 'action', 'route', 'edge', 'component'];
    const others = sources.filter(
      ({ kind, path }) =>
        // The bare app is what the pages are measured against.
        !knows.includes(kind) && path !== 'next.config.ts' && !path.startsWith('bench/web/bare/'),
    );
    expect(
      offences(others, (file) =>
        file.imports.some(({ from }) => from === 'next' || from.startsWith('next/')) ? ['imports next'] : [],
      ),
    ).toEqual([]);
  });

  it('lets protocol import itself and zod only, and the two files of cryptography what they are made of', () => {
    const allowed = new Map([
      ['protocol/keys.ts', ['node:crypto']],
      ['protocol/seal.ts', ['hpke']],
      // How both ends of a tunnel read a line and join two streams: mechanics of the wire, without any outside.
      ['protocol/line.ts', ['node:stream']],
      ['protocol/join.ts', ['node:stream']],
    ]);
    expect(
      offences(
        sources.filter((file) => file.kind === 'protocol'),
        (file) =>
          file.imports
            .filter(
              ({ from }) =>
                !from.startsWith('protocol/') &&
                from !== 'zod/mini' &&
                from !== 'zod' &&
                !(allowed.get(file.path) ?? []).includes(from),
            )
            .map(({ from }) => `imports ${from}`),
      ),
    ).toEqual([]);
  });

  it('keeps files small: sources under 300 lines, tests under 500, 95 of 100 sources under 200', () => {
    const lines = (file: SourceFile) => file.text.split('\n').length;
    expect(
      offences(
        house.filter((file) => !file.path.startsWith('lib/io/generated/')),
        (file) => {
          const cap = file.kind === 'test' ? 500 : 300;
          return lines(file) > cap ? [`${lines(file)} lines, at most ${cap}`] : [];
        },
      ),
    ).toEqual([]);
    const sorted = sources.map(lines).sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length * 0.95)]).toBeLessThanOrEqual(200);
  });

  it('has no rooms that name nothing', () => {
    expect(
      offences(sources, (file) =>
        /(^|\/)(utils?|helpers?|misc|common|constants|types|services?)(\.tsx?$|\/)/.test(file.path)
          ? ['a name that says nothing']
          : [],
      ),
    ).toEqual([]);
    expect(
      offences(
        sources.filter((file) => !file.path.startsWith('app/')),
        (file) => (/\/index\.tsx?$/.test(file.path) ? ['a barrel'] : []),
      ),
    ).toEqual([]);
  });

  it('resolves every import of our own to a file that exists', () => {
    expect(
      offences(house, (file) =>
        file.imports
          .filter(({ from, ours }) => ours && !from.startsWith('lib/io/generated') && !existsSync(from))
          .map(({ from }) => `imports ${from}, which is not there`),
      ),
    ).toEqual([]);
  });

  it('begins transactions in one way only', () => {
    expect(
      offences(
        sources.filter((file) => file.path !== 'lib/io/db.ts'),
        (file) => (/\$transaction\(/.test(file.text) ? ['calls $transaction: use inTransaction'] : []),
      ),
    ).toEqual([]);
  });

  it('writes nothing of any one machine', () => {
    expect(
      offences(house, (file) =>
        /(^|[^A-Za-z0-9_.@])\/(work|farm)\//m.test(file.text) ? ['a path of one machine'] : [],
      ),
    ).toEqual([]);
  });
});

describe('the test of the house itself', () => {
  it('tells commands, steps, queries and nouns apart', () => {
    expect(kindOf('lib/bookings/book-listing.ts', 'return inTransaction(')).toBe('command');
    expect(kindOf('lib/bookings/book-listing.ts', 'const book = inGroups<Ask, Booked>({')).toBe('command');
    expect(kindOf('lib/ledger/hold-money.ts', 'export async function holdMoney(tx: Tx,')).toBe('step');
    expect(kindOf('lib/bookings/queries.ts', '')).toBe('query');
    expect(kindOf('lib/bookings/queries/one.ts', '')).toBe('query');
    expect(kindOf('lib/catalogue/index/scan.ts', '')).toBe('index');
    expect(kindOf('lib/notices/send-mail.errand.ts', '')).toBe('errand');
    expect(kindOf('lib/bookings/booking.ts', '')).toBe('noun');
  });
});
