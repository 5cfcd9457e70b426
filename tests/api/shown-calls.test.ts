import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { askingCalls } from '#components/api/asking-calls.ts';
import { bookingCalls } from '#components/api/booking-calls.ts';
import { type ApiCall, curlOf } from '#components/api/curl.ts';
import { disputeCalls } from '#components/api/dispute-calls.ts';
import { hostCalls } from '#components/api/host-calls.ts';
import { jobCalls } from '#components/api/job-calls.ts';
import { readingCalls } from '#components/api/reading-calls.ts';
import { v1 } from '#doors/v1/app.ts';
import { MOVES } from '#lib/trust/dispute-move.ts';
import { readHouse } from '#tests/architecture/house.ts';

const AT = new Date('2026-12-01T08:00:00Z');
const BKG = 'bkg_0000000000000000000000001';
const asked = { listingId: 'lst_1', gpuCount: 2, diskBytes: 2n ** 34n, durationSeconds: 3_600, startsAt: null };

type Catalogue = Readonly<Record<string, (...args: never[]) => ApiCall>>;
/** Each call of a catalogue with words that a page could give it: one that is added and not tried does not compile. */
type Tried<Calls extends Catalogue> = { readonly [Name in keyof Calls]: readonly Parameters<Calls[Name]>[] };

const bookings: Tried<typeof bookingCalls> = {
  list: [['live'], ['past'], ['all']],
  see: [[BKG]],
  metrics: [
    [BKG, '15m'],
    [BKG, '24h'],
  ],
  logs: [[BKG]],
  events: [[BKG]],
  ports: [[BKG]],
  bill: [[BKG]],
  idleGuard: [
    [BKG, true],
    [BKG, false],
  ],
  endLock: [
    [BKG, true],
    [BKG, false],
  ],
  rename: [[BKG, "it's a name"]],
  start: [[BKG]],
  extend: [[BKG, AT]],
  several: [
    ['stop', [BKG]],
    ['end', [BKG, BKG]],
  ],
  extension: [[BKG]],
  thread: [[BKG]],
  write: [[BKG]],
  threads: [[]],
  stop: [[BKG]],
  end: [[BKG]],
  quote: [
    [asked],
    [{ ...asked, durationSeconds: null }],
    [{ ...asked, startsAt: AT }],
    [{ ...asked, keepMoney: true, capMicros: 9_000_000n }],
  ],
  book: [
    [{ quoteId: 'qte_1', image: 'ubuntu:24.04' }],
    [{ quoteId: 'qte_1', image: 'ubuntu:24.04', name: 'x', capMicros: 5_000_000n }],
    [{ quoteId: 'qte_1', image: 'ubuntu:24.04', name: null, capMicros: null }],
    [{ quoteId: 'qte_1', image: 'ubuntu:24.04', command: ['python', 'a b.py'], variables: ['HF_TOKEN'] }],
  ],
};
const jobs: Tried<typeof jobCalls> = {
  list: [['live'], ['past'], ['all']],
  see: [['job_1']],
  member: [['job_1', 3]],
  cancel: [['job_1']],
  cancelSeveral: [[['job_1', 'job_2']]],
  cancelMember: [['job_1', 3]],
  submit: [[{ image: 'ubuntu:24.04', command: ['echo', 'hi'], gpuCount: 1, size: 1, runSeconds: 60 }]],
};
const asking: Tried<typeof askingCalls> = {
  bid: [
    [
      {
        listingId: 'lst_1',
        models: [],
        gpuCount: 1,
        diskBytes: 2n ** 34n,
        microsPerGpuHour: 100_000n,
        image: 'ubuntu:24.04',
      },
    ],
    [
      {
        listingId: null,
        models: ['RTX 4090'],
        gpuCount: 1,
        diskBytes: 2n ** 34n,
        microsPerGpuHour: 1n,
        image: 'ubuntu:24.04',
      },
    ],
  ],
  standingRequest: [
    [
      {
        models: ['H100'],
        gpuCount: 8,
        diskBytes: 2n ** 36n,
        maxPriceMicrosPerGpuHour: 2_000_000n,
        durationSeconds: 3_600,
        finishBy: AT,
        image: 'ubuntu:24.04',
      },
    ],
  ],
  topUp: [[25_000_000n]],
};
const reading: Tried<typeof readingCalls> = {
  listing: [['lst_1']],
  prices: [[]],
  priceLines: [[]],
  listingPrices: [['lst_1']],
  windows: [['lst_1']],
  wallet: [[]],
  movements: [
    [true, { side: 'renter', kind: undefined }],
    [true, { side: 'host', kind: 'feeRefund', month: '2026-11' }],
    [false, { side: 'renter', month: '2026-11' }],
  ],
  invoices: [['all'], ['open'], ['final']],
  earnings: [[{ span: 'thisMonth' }], [{ from: '2026-10', to: '2026-11' }]],
  sshKeys: [[]],
  noticeChoices: [[]],
  profile: [[]],
  payouts: [[]],
  disputes: [['mine'], ['open'], ['decided']],
  dispute: [['dsp_1']],
  evidence: [['dsp_1', 'dev_1']],
  review: [[BKG]],
  reviews: [[]],
  listingReviews: [['lst_1']],
  fit: [[{ model: 'llama-3.1-8b', work: 'qlora', context: '2048' }]],
  savedSearches: [[]],
  standingRequest: [['req_1']],
};
const hosting: Tried<typeof hostCalls> = {
  priceAdvice: [['mch_1']],
  onboarding: [[null], ['mch_1']],
  newCode: [[]],
  overview: [[]],
  machines: [[]],
  machine: [['mch_1']],
  selfTest: [['mch_1']],
  testAgain: [['mch_1']],
  agentLog: [['mch_1']],
  metrics: [['mch_1', '24h']],
  pause: [['mch_1']],
  rentals: [['mch_1']],
};

function callsOf<Calls extends Catalogue>(calls: Calls, tried: Tried<Calls>): ApiCall[] {
  return Object.entries(tried).flatMap(([name, samples]: [string, readonly never[][]]) =>
    samples.map((words) => (calls[name] as (...args: never[]) => ApiCall)(...words)),
  );
}
const shown = [
  ...callsOf(bookingCalls, bookings),
  ...callsOf(jobCalls, jobs),
  ...callsOf(askingCalls, asking),
  ...callsOf(readingCalls, reading),
  ...disputeCalls({ id: 'dsp_1', actions: MOVES }),
  ...callsOf(hostCalls, hosting),
];

type Parameter = { name: string; in: string; required?: boolean; schema?: object };
type Operation = {
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: { 'application/json': { schema: object } } };
};
const document = (await (await v1.request('/openapi.json', {}, { address: '::1', cookieActor: null })).json()) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
};

/** Why a call is not one of the document; null when it is. */
function lieIn(call: ApiCall): string | null {
  const { pathname, searchParams } = new URL(call.path, 'http://market.example');
  const found = Object.entries(document.paths)
    .filter(([path]) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname))
    // A fixed word comes before a parameter.
    .sort(([a], [b]) => a.split('{').length - b.split('{').length)[0];
  const operation = found?.[1][call.method.toLowerCase()];
  if (operation === undefined) return 'no such operation';
  const parameters = operation.parameters ?? [];
  for (const [name, value] of searchParams) {
    const parameter = parameters.find((candidate) => candidate.in === 'query' && candidate.name === name);
    if (parameter === undefined) return `no parameter ${name}`;
    if (!accepts(parameter.schema ?? {}, value)) return `${name} is not ${value}`;
  }
  const missing = parameters.find(({ in: place, name, required }) => {
    if (required !== true) return false;
    return place === 'query' ? !searchParams.has(name) : place === 'header' && !call.idempotent;
  });
  if (missing !== undefined) return `${missing.name} is missing`;
  const takesKey = parameters.some(({ in: place, name }) => place === 'header' && name === 'idempotency-key');
  if (call.idempotent && !takesKey) return 'no key is taken';
  const schema = operation.requestBody?.content['application/json'].schema;
  if (call.body === undefined) return operation.requestBody?.required ? 'a body is missing' : null;
  if (schema === undefined) return 'no body is taken';
  const properties = 'properties' in schema ? Object.keys(schema.properties as object) : [];
  const unknown = Object.keys(call.body).find((name) => !properties.includes(name));
  if (unknown !== undefined) return `no property ${unknown}`;
  return accepts(schema, call.body) ? null : 'the body does not fit';
}

function accepts(schema: object, value: unknown): boolean {
  return z.fromJSONSchema({ ...schema, components: document.components } as never).safeParse(value).success;
}

describe('a call that a page shows', () => {
  it.each(shown.map((call) => [`${call.method} ${call.path} ${JSON.stringify(call.body ?? null)}`, call] as const))(
    'is one of the document of the API: %s',
    (_, call) => {
      expect(lieIn(call)).toBeNull();
    },
  );

  it('would be found out if it lied', () => {
    const quote = bookingCalls.quote(asked);
    expect(lieIn({ ...quote, path: '/quote' })).toBe('no such operation');
    expect(lieIn({ ...quote, method: 'DELETE' })).toBe('no such operation');
    expect(lieIn({ ...quote, body: { ...quote.body, gpus: 1 } })).toBe('no property gpus');
    expect(lieIn({ ...quote, body: { ...quote.body, gpuCount: 'two' } })).toBe('the body does not fit');
    expect(lieIn({ ...quote, body: { gpuCount: 1 } })).toBe('the body does not fit');
    expect(lieIn({ ...quote, body: undefined })).toBe('a body is missing');
    expect(lieIn({ ...quote, idempotent: true })).toBe('no key is taken');
    expect(lieIn({ ...bookingCalls.book({ quoteId: 'q', image: 'i' }), idempotent: false })).toBe(
      'idempotency-key is missing',
    );
    expect(lieIn({ ...bookingCalls.list('all'), path: '/bookings?state=gone' })).toBe('state is not gone');
    expect(lieIn({ ...bookingCalls.list('all'), path: '/bookings?colour=red' })).toBe('no parameter colour');
  });

  it('comes from the catalogues only: no page writes one by itself', () => {
    const users = readHouse().filter(
      (file) =>
        file.kind !== 'test' &&
        !file.path.startsWith('components/api/') &&
        file.imports.some(({ from }) => from.startsWith('components/api/')),
    );
    expect(users.length).toBeGreaterThan(5);
    expect(
      users.filter(({ text }) => /\bmethod: '(?:GET|POST|PUT|PATCH|DELETE)'/.test(text)).map((f) => f.path),
    ).toEqual([]);
  });

  it('is a line that a shell takes as it is meant', () => {
    expect(curlOf(bookingCalls.rename('bkg_1', "it's"), 'https://market.example')).toBe(
      [
        'curl -X PATCH https://market.example/api/v1/bookings/bkg_1 \\',
        '  -H "Authorization: Bearer $SUBLET_TOKEN" \\',
        "  -H 'Content-Type: application/json' \\",
        `  -d '{"name":"it'\\''s"}'`,
      ].join('\n'),
    );
    expect(curlOf(bookingCalls.list('live'), 'http://[::1]:3000')).toContain(
      "curl 'http://[::1]:3000/api/v1/bookings?state=live'",
    );
    expect(curlOf(bookingCalls.book({ quoteId: 'q', image: 'i' }), '')).toContain('-H "Idempotency-Key: $(uuidgen)"');
  });
});
