import { randomBytes, randomFillSync } from 'node:crypto';

/** Every kind of row that people or programs name has a prefix, so that an id says what it is. */
export const ID_PREFIXES = {
  user: 'usr',
  session: 'ses',
  emailToken: 'emt',
  sshKey: 'key',
  clientKey: 'clk',
  recoveryCode: 'rcv',
  machine: 'mch',
  gpu: 'gpu',
  listing: 'lst',
  enrolmentCode: 'enr',
  agentSession: 'ags',
  quote: 'qte',
  booking: 'bkg',
  allocation: 'alc',
  lease: 'lse',
  account: 'acc',
  transfer: 'trf',
  topUp: 'top',
  cardRefund: 'crf',
  chargeback: 'chb',
  cardSetup: 'cst',
  savedCard: 'crd',
  notice: 'ntc',
  mail: 'mal',
  silence: 'sil',
  offer: 'ofr',
  block: 'blk',
  calendarBlock: 'cbk',
  calendarFeed: 'cfd',
  payout: 'pay',
  hostReserve: 'rsv',
  reconciliation: 'rcn',
  bookDifference: 'dif',
  dispute: 'dsp',
  evidence: 'dev',
  review: 'rev',
  report: 'rpt',
  accountFlag: 'flg',
  jobArray: 'jar',
  job: 'job',
  jobAttempt: 'jat',
  savedSearch: 'sse',
  standingRequest: 'srq',
  standingAnswer: 'sra',
  bid: 'bid',
  message: 'msg',
  messageReport: 'mrp',
  terminal: 'trm',
} as const;

export type IdKind = keyof typeof ID_PREFIXES;

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(value >>> bits) & 31];
    }
    value &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET[(value << (5 - bits)) & 31] : text;
}

/** Random bytes are drawn for many ids at once: to ask for ten costs nearly as much as to ask for thousands. None is used twice. */
const pool = Buffer.alloc(5_120);
let drawn = pool.length;

/** A new id: prefix, 48 bits of time so that ids sort by age, 80 random bits so that nobody guesses one. */
export function newId(kind: IdKind, now: Date = new Date()): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(now.getTime(), 0, 6);
  if (drawn + 10 > pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  pool.copy(bytes, 6, drawn, drawn + 10);
  drawn += 10;
  return `${ID_PREFIXES[kind]}_${base32(bytes)}`;
}

/** The first id that a moment can bring forth: ids of that kind made at `now` or later sort at or after it. For ranges of time over an index of ids. */
export function firstId(kind: IdKind, now: Date): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(Math.max(0, now.getTime()), 0, 6);
  return `${ID_PREFIXES[kind]}_${base32(bytes)}`;
}

/** When an id was made, to the millisecond. The id must have the shape that {@link newId} gives it. */
export function madeAt(id: string): Date {
  const letters = id.slice(id.indexOf('_') + 1, id.indexOf('_') + 11);
  // Ten letters are 50 bits, of which the first 48 are time.
  const value = [...letters].reduce((sum, letter) => sum * 32 + ALPHABET.indexOf(letter), 0);
  return new Date(Math.floor(value / 4));
}

/** True for text that has the shape of an id of that kind; says nothing about existence. */
export function isId(kind: IdKind, text: string): boolean {
  return new RegExp(`^${ID_PREFIXES[kind]}_[0-9a-hjkmnp-tv-z]{26}$`).test(text);
}

/** A secret for a person or program to carry: 160 random bits. Store only its hash. */
export function newSecret(): string {
  return base32(randomBytes(20));
}
