#!/usr/bin/env node
// Verifies a bill with nothing but Node (20.19 or newer) and this file. Made from cli/verify.ts and protocol/ by
// "npm run generate", and kept in the repository so that it needs no installation; a test holds it to its sources.

// cli/verify.ts
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

// protocol/bill.ts
var BILL_KIND = "sublet/bill/v2";
var GIVEN_BACK_BILL_KIND = "sublet/bill/v3";
var OLD_BILL_KIND = "sublet/bill/v1";
var BillFault = class extends Error {
  record;
  constructor(record2, why) {
    super(why);
    this.name = "BillFault";
    this.record = record2;
  }
};
var text = (value) => typeof value === "string";
var yesNo = (value) => typeof value === "boolean";
var count = (value) => Number.isSafeInteger(value) && value >= 0;
var decimal = (value) => typeof value === "string" && /^(0|[1-9]\d{0,39})$/.test(value);
var instant = (value) => typeof value === "string" && isInstant(value);
var nullOr = (check) => (value) => value === null || check(value);
var listOf = (check) => (value) => Array.isArray(value) && value.every(check);
var shape = (fields) => (value) => typeof value === "object" && value !== null && Object.keys(value).join() === Object.keys(fields).join() && Object.entries(value).every(([name, field]) => fields[name]?.(field) === true);
var logged = { payload: text, signature: text, salt: text, index: nullOr(count), path: listOf(count) };
var record = shape(logged);
var statement = shape({
  ...logged,
  receivedAt: instant,
  billedGpuSeconds: count,
  billedDiskByteSeconds: decimal,
  chargedMicros: decimal,
  reason: nullOr(text)
});
var totals = shape({
  gpuSeconds: decimal,
  diskByteSeconds: decimal,
  chargedMicros: decimal,
  hostMicros: decimal,
  feeMicros: decimal,
  refundedMicros: decimal
});
var countersignature = shape({
  payload: text,
  signature: text,
  key: text,
  permit: nullOr(shape({ payload: text, signature: text }))
});
var givenBack = shape({
  at: instant,
  startedAt: nullOr(instant),
  statements: count,
  permit: shape({ payload: text, signature: text }),
  heldMicros: decimal,
  micros: decimal,
  hostMicros: decimal,
  feeMicros: decimal,
  refundedMicros: decimal
});
var KINDS = [OLD_BILL_KIND, BILL_KIND, GIVEN_BACK_BILL_KIND];
var SINCE = { countersignature: 1, givenBack: 2 };
var FIELDS = {
  kind: (value) => KINDS.includes(value),
  issuedAt: instant,
  final: yesNo,
  log: text,
  checkpoint: text,
  earlier: nullOr(shape({ checkpoint: text, path: listOf(count) })),
  hashes: listOf(text),
  marketKey: record,
  machineKey: record,
  terms: record,
  capMicros: nullOr(decimal),
  usable: listOf(shape({ gpuUuid: text, from: instant, until: instant })),
  diskFrom: nullOr(instant),
  diskUntil: nullOr(instant),
  statements: listOf(statement),
  credits: listOf(record),
  countersignature: nullOr(countersignature),
  givenBack,
  totals,
  signature: text
};
function parseBill(file) {
  let value;
  try {
    value = JSON.parse(file);
  } catch {
    throw new BillFault("the file", "It is not JSON.");
  }
  if (typeof value !== "object" || value === null || !("kind" in value) || FIELDS.kind(value.kind) === false)
    throw new BillFault("the file", `It is not a bill of the kind ${BILL_KIND}.`);
  const kind = KINDS.indexOf(value.kind);
  const names = Object.keys(FIELDS).filter((name) => kind >= (SINCE[name] ?? 0));
  if (Object.keys(value).join() !== names.join())
    throw new BillFault("the file", "It does not have exactly the fields of a bill, in their order.");
  for (const name of names) {
    if (FIELDS[name](Reflect.get(value, name)) === false)
      throw new BillFault(name, "It is not of the form that a bill has there.");
  }
  const bill = value;
  if (writeBill(bill) !== file) throw new BillFault("the file", "It is not written as bills are, to the byte.");
  return bill;
}
function writeBill(bill) {
  return JSON.stringify(bill);
}
function billText({ signature: _, ...rest }) {
  return JSON.stringify(rest);
}
function isInstant(value) {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) && !Number.isNaN(Date.parse(value));
}

// protocol/sha256.ts
var PRIMES = firstPrimes(64);
var ROUND = Uint32Array.from(PRIMES, (prime) => fraction(prime, 3n));
var START = Uint32Array.from(PRIMES.slice(0, 8), (prime) => fraction(prime, 2n));
var sha256Plain = (bytes) => {
  const padded = new Uint8Array(bytes.length + 72 >> 6 << 6);
  padded.set(bytes);
  padded[bytes.length] = 128;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(padded.length - 4, bytes.length << 3 >>> 0);
  const state = Uint32Array.from(START);
  const schedule = new Uint32Array(64);
  for (let offset = 0; offset < padded.length; offset += 64) {
    for (let t = 0; t < 16; t += 1) schedule[t] = view.getUint32(offset + 4 * t);
    compress(state, schedule);
  }
  const digest = new Uint8Array(32);
  const words = new DataView(digest.buffer);
  for (let at = 0; at < 8; at += 1) words.setUint32(4 * at, state[at]);
  return digest;
};
function compress(state, w) {
  for (let t = 16; t < 64; t += 1) {
    const a2 = w[t - 15];
    const b2 = w[t - 2];
    const small = (turn(a2, 7) ^ turn(a2, 18) ^ a2 >>> 3) + (turn(b2, 17) ^ turn(b2, 19) ^ b2 >>> 10);
    w[t] = w[t - 16] + w[t - 7] + small;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let t = 0; t < 64; t += 1) {
    const choice = e & f ^ ~e & g;
    const one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + ROUND[t] + w[t] | 0;
    const majority = a & b ^ a & c ^ b & c;
    const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + majority | 0;
    h = g;
    g = f;
    f = e;
    e = d + one | 0;
    d = c;
    c = b;
    b = a;
    a = one + two | 0;
  }
  const after = [a, b, c, d, e, f, g, h];
  for (let at = 0; at < 8; at += 1) state[at] = state[at] + after[at];
}
function turn(word, bits) {
  return word >>> bits | word << 32 - bits;
}
function firstPrimes(count2) {
  const primes = [];
  for (let n = 2; primes.length < count2; n += 1) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}
function fraction(prime, degree) {
  const target = BigInt(prime) << 32n * degree;
  let low = 0n;
  let high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle ** degree <= target) low = middle;
    else high = middle;
  }
  return Number(low & 0xffffffffn);
}

// protocol/base64.ts
function toBase64(bytes) {
  let text2 = "";
  for (const byte of bytes) text2 += String.fromCharCode(byte);
  return btoa(text2);
}
function fromBase64(text2) {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text2) || text2.length % 4 !== 0) return null;
  const bytes = Uint8Array.from(atob(text2), (character) => character.charCodeAt(0));
  return toBase64(bytes) === text2 ? bytes : null;
}
function fromBase64url(text2) {
  if (!/^[A-Za-z0-9_-]*$/.test(text2)) return null;
  const padded = text2.replaceAll("-", "+").replaceAll("_", "/") + "===".slice(0, (4 - text2.length % 4) % 4);
  return fromBase64(padded);
}
function toHex(bytes) {
  let text2 = "";
  for (const byte of bytes) text2 += byte.toString(16).padStart(2, "0");
  return text2;
}
function sameBytes(a, b) {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}
function joinBytes(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
function toBytes(text2) {
  return new TextEncoder().encode(text2);
}

// protocol/charge.ts
var SECONDS_PER_HOUR = 3600n;
var SECONDS_PER_MONTH = 2592000n;
var BYTES_PER_GIB = 1073741824n;
function gpuCharge(priceMicrosPerGpuHour, gpuSeconds) {
  return priceMicrosPerGpuHour * gpuSeconds / SECONDS_PER_HOUR;
}
function diskCharge(diskPriceMicrosPerGibMonth, diskByteSeconds) {
  return diskPriceMicrosPerGibMonth * diskByteSeconds / (BYTES_PER_GIB * SECONDS_PER_MONTH);
}
function feeOf(chargedMicros, feeBasisPoints) {
  return chargedMicros * BigInt(feeBasisPoints) / 10000n;
}

// protocol/bill-rules.ts
var CLOCK_AHEAD_MS = 5 * 6e4;
var UNBILLED = [
  "settled",
  "backwards",
  "fromTheFuture",
  "overlap",
  "outsideWindow",
  "moreThanPassed",
  "moneyRanOut"
];
function recompute(facts, lines, credits) {
  const { terms } = facts;
  let gpuSeconds = 0n;
  let diskByteSeconds = 0n;
  let chargedMicros = 0n;
  let billedUntil = null;
  for (const line of lines) {
    const where = `statement ${line.statement.sequence}`;
    const billed = { gpu: BigInt(line.billedGpuSeconds), disk: BigInt(line.billedDiskByteSeconds) };
    checkUnbilled(where, line, billed);
    const span = spanOf(line, billedUntil);
    const possible = possibleIn(facts, line, span);
    if (billed.gpu > possible.gpu)
      throw new BillFault(where, `${billed.gpu} GPU-seconds are billed where at most ${possible.gpu} can be.`);
    if (billed.disk > possible.disk)
      throw new BillFault(where, `${billed.disk} disk byte-seconds are billed where at most ${possible.disk} can be.`);
    if (line.reason !== "settled" && span.to > span.from) billedUntil = span.to;
    gpuSeconds += billed.gpu;
    diskByteSeconds += billed.disk;
    const total = gpuCharge(BigInt(terms.priceMicrosPerGpuHour), gpuSeconds) + diskCharge(BigInt(terms.diskPriceMicrosPerGibMonth), diskByteSeconds);
    if (BigInt(line.chargedMicros) !== total - chargedMicros)
      throw new BillFault(
        where,
        `It charges ${line.chargedMicros} micro-dollars; by the terms it is ${total - chargedMicros}.`
      );
    chargedMicros = total;
    if (facts.capMicros !== null && chargedMicros > BigInt(facts.capMicros))
      throw new BillFault(where, `With it the bill is over the cap of ${facts.capMicros} micro-dollars.`);
  }
  const feeMicros = feeOf(chargedMicros, terms.feeBasisPoints);
  return {
    gpuSeconds: gpuSeconds.toString(),
    diskByteSeconds: diskByteSeconds.toString(),
    chargedMicros: chargedMicros.toString(),
    hostMicros: (chargedMicros - feeMicros).toString(),
    feeMicros: feeMicros.toString(),
    refundedMicros: refunded(credits, terms, chargedMicros).toString()
  };
}
function statedBy({ state, gpuSeconds, diskByteSeconds }) {
  return { gpu: state === "running" ? BigInt(gpuSeconds) : 0n, disk: BigInt(diskByteSeconds) };
}
function checkUnbilled(where, { statement: statement2, reason }, billed) {
  const stated = statedBy(statement2);
  if (reason !== null && !UNBILLED.includes(reason))
    throw new BillFault(where, `"${reason}" is no reason to leave something unbilled.`);
  if (reason === null && (billed.gpu < stated.gpu || billed.disk < stated.disk))
    throw new BillFault(where, "Less is billed than the machine stated, and no reason is given.");
  if (reason === "settled" && (billed.gpu > 0n || billed.disk > 0n))
    throw new BillFault(where, "It is billed although the bill was closed.");
}
function billedBy(lines) {
  let chargedMicros = 0n;
  let untilMs = null;
  for (const line of lines) {
    const span = spanOf(line, untilMs);
    if (line.reason !== "settled" && span.to > span.from) untilMs = span.to;
    chargedMicros += BigInt(line.chargedMicros);
  }
  return { chargedMicros, untilMs };
}
function spanOf({ statement: statement2, receivedAt }, billedUntil) {
  const start = Date.parse(statement2.startsAt);
  return {
    from: Math.max(start, billedUntil ?? start),
    to: Math.min(Date.parse(statement2.endsAt), Date.parse(receivedAt) + CLOCK_AHEAD_MS)
  };
}
function possibleIn(facts, { statement: statement2, receivedAt }, span) {
  const stated = statedBy(statement2);
  const received = Date.parse(receivedAt);
  const ended = (until) => received <= Date.parse(until) ? Number.POSITIVE_INFINITY : Date.parse(until);
  let gpu = 0;
  for (const uuid of new Set(statement2.gpuUuids)) {
    const seconds2 = facts.usable.filter((window) => window.gpuUuid === uuid).reduce((sum, { from, until }) => sum + secondsIn(span, Date.parse(from), ended(until)), 0);
    gpu += Math.min(seconds2, statement2.monotonicSeconds);
  }
  const diskTo = facts.diskUntil === null ? Number.POSITIVE_INFINITY : ended(facts.diskUntil);
  const diskFrom = facts.diskFrom === null ? span.from : Date.parse(facts.diskFrom);
  const seconds = Math.min(secondsIn(span, diskFrom, diskTo), statement2.monotonicSeconds);
  return {
    gpu: least(stated.gpu, BigInt(gpu)),
    disk: least(stated.disk, BigInt(seconds) * BigInt(facts.terms.diskBytes))
  };
}
function secondsIn(span, from, to) {
  return Math.max(0, Math.floor((Math.min(span.to, to) - Math.max(span.from, from)) / 1e3));
}
function least(a, b) {
  return a < b ? a : b;
}
function refunded(credits, terms, chargedMicros) {
  let total = 0n;
  for (const [at, credit] of credits.entries()) {
    const where = `credit ${at}`;
    const micros = BigInt(credit.micros);
    const fee = feeOf(total + micros, terms.feeBasisPoints) - feeOf(total, terms.feeBasisPoints);
    if (BigInt(credit.hostMicros) + BigInt(credit.feeMicros) !== micros || BigInt(credit.feeMicros) !== fee)
      throw new BillFault(where, "Host and platform did not give back the shares in which they were paid.");
    if (credit.evidence.length === 0) throw new BillFault(where, "It names no evidence.");
    total += micros;
  }
  if (total > chargedMicros) throw new BillFault("the credits", "More is given back than was charged.");
  return total;
}

// protocol/give-back.ts
var SECOND_THOUGHT_SECONDS = 900;
var CANCELLATION_BASE_SECONDS = 86400;
function freeUntilMs(terms, startsAtMs, bookedAtMs) {
  const thought = Math.min(startsAtMs, bookedAtMs + SECOND_THOUGHT_SECONDS * 1e3);
  return Math.max(startsAtMs - terms.freeSeconds * 1e3, thought);
}
function leastPaid(terms, gpus, window) {
  const length = secondsIn2(window.startsAtMs, window.endsAtMs);
  const seconds = Math.min(CANCELLATION_BASE_SECONDS, length) * gpus.gpuCount;
  return gpuCharge(gpus.priceMicrosPerGpuHour, BigInt(seconds)) * BigInt(terms.shareBasisPoints) / 10000n;
}
function dueForGivingBack(terms, gpus, facts) {
  const { atMs, startsAtMs, endsAtMs, bookedAtMs, chargedMicros, billedUntilMs } = facts;
  if (atMs < freeUntilMs(terms, startsAtMs, bookedAtMs) || atMs >= endsAtMs) return 0n;
  const seconds = billedUntilMs === null ? 0 : secondsIn2(billedUntilMs, atMs);
  const unbilled = gpuCharge(gpus.priceMicrosPerGpuHour, BigInt(seconds * gpus.gpuCount));
  const due = leastPaid(terms, gpus, facts) - chargedMicros - unbilled;
  return due > 0n ? due : 0n;
}
function secondsIn2(fromMs, toMs) {
  return Math.max(0, Math.floor((toMs - fromMs) / 1e3));
}

// protocol/statement-text.ts
function textFields(payload, texts, fields) {
  let value;
  try {
    value = JSON.parse(payload);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const read = value;
  const whole = fields.every((name) => Object.hasOwn(read, name)) && texts.every((name) => typeof read[name] === "string");
  return whole ? value : null;
}
function isInstant2(text2) {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/.test(text2) && !Number.isNaN(Date.parse(text2));
}
var COUNTS = ["sequence", "monotonicSeconds", "gpuSeconds"];
var TEXTS = ["leaseId", "machineId", "previous", "startsAt", "endsAt", "state", "diskByteSeconds"];
function readStatement(payload) {
  const read = textFields(payload, TEXTS, ["v", ...TEXTS, ...COUNTS, "gpuUuids"]);
  if (read === null || read.v !== 1) return null;
  const good = COUNTS.every((name) => Number.isSafeInteger(read[name]) && read[name] >= 0) && isInstant2(read.startsAt) && isInstant2(read.endsAt) && (read.state === "running" || read.state === "stopped") && /^\d{1,30}$/.test(read.diskByteSeconds) && Array.isArray(read.gpuUuids) && read.gpuUuids.every((uuid) => typeof uuid === "string");
  return good ? read : null;
}

// protocol/bill-given-back.ts
var WHERE = "the window that was given back";
function checkGivenBack(given, terms, lines) {
  const { cancellation } = terms;
  if (cancellation === void 0) throw new BillFault(WHERE, "The terms name nothing that giving it back costs.");
  const texts = ["leaseId", "startsAt", "endsAt"];
  const window = textFields(given.permit.payload, texts, texts);
  if (window === null || window.leaseId !== terms.leaseId || !isInstant(window.startsAt) || !isInstant(window.endsAt))
    throw new BillFault("the permit of the window", "It is of another rental.");
  if (given.statements > lines.length) throw new BillFault(WHERE, "It counts statements that are not there.");
  const billed = billedBy(lines.slice(0, given.statements));
  const startedAtMs = given.startedAt === null ? null : Date.parse(given.startedAt);
  const due = dueForGivingBack(
    cancellation,
    { gpuCount: terms.gpuCount, priceMicrosPerGpuHour: BigInt(terms.priceMicrosPerGpuHour) },
    {
      startsAtMs: Date.parse(window.startsAt),
      endsAtMs: Date.parse(window.endsAt),
      atMs: Date.parse(given.at),
      bookedAtMs: Date.parse(terms.bookedAt),
      chargedMicros: billed.chargedMicros,
      billedUntilMs: billed.untilMs ?? startedAtMs
    }
  );
  const held = BigInt(given.heldMicros);
  const micros = due < held ? due : held;
  if (BigInt(given.micros) !== micros)
    throw new BillFault(WHERE, `It costs ${given.micros} micro-dollars; by the terms it is ${micros}.`);
  const fee = feeOf(micros, terms.feeBasisPoints);
  if (BigInt(given.feeMicros) !== fee || BigInt(given.hostMicros) !== micros - fee)
    throw new BillFault(WHERE, "Host and platform did not get their shares of it.");
  if (BigInt(given.refundedMicros) > micros) throw new BillFault(WHERE, "More of it is given back than was paid.");
}

// protocol/domains.ts
var DOMAINS = {
  enrol: "sublet/enrol/v1",
  connect: "sublet/connect/v1",
  lease: "sublet/lease/v1",
  defaultJob: "sublet/default-job/v1",
  statement: "sublet/statement/v1",
  tunnel: "sublet/tunnel/v1",
  key: "sublet/key/v1",
  terms: "sublet/terms/v1",
  credit: "sublet/credit/v1",
  bill: "sublet/bill/v1",
  clientKey: "sublet/client-key/v1",
  countersignature: "sublet/countersignature/v1"
};
function signedText(domain, payload) {
  return `${domain}
${payload}`;
}

// protocol/log-tree.ts
var LEAF = Uint8Array.of(0);
var MOST_ENTRIES = 2 ** 40;
function leafHash(sha256, entry) {
  return sha256(joinBytes(LEAF, entry));
}
function nodeHash(sha256, left, right) {
  const bytes = new Uint8Array(65);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 33);
  return sha256(bytes);
}
function rootFromPath(sha256, leaf, index, size, path) {
  if (!isCount(index) || !isCount(size) || index >= size) return null;
  let node = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of path) {
    if (last === 0 || sibling.length !== 32) return null;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sha256, sibling, hash);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(sha256, hash, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? hash : null;
}
function isConsistent(sha256, older, newer, path) {
  if (!isCount(older.size) || !isCount(newer.size) || older.size > newer.size) return false;
  if (older.size === newer.size) return path.length === 0 && sameBytes(older.root, newer.root);
  if (older.size === 0) return path.length === 0 && sameBytes(older.root, sha256(new Uint8Array()));
  if (path.some((hash) => hash.length !== 32)) return false;
  const [first, ...rest] = Number.isInteger(Math.log2(older.size)) ? [older.root, ...path] : path;
  if (first === void 0) return false;
  let node = older.size - 1;
  let last = newer.size - 1;
  while (node % 2 === 1) {
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  let [olderRoot, newerRoot] = [first, first];
  for (const hash of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      olderRoot = nodeHash(sha256, hash, olderRoot);
      newerRoot = nodeHash(sha256, hash, newerRoot);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      newerRoot = nodeHash(sha256, newerRoot, hash);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && sameBytes(olderRoot, older.root) && sameBytes(newerRoot, newer.root);
}
function isCount(n) {
  return Number.isSafeInteger(n) && n >= 0 && n <= MOST_ENTRIES;
}

// protocol/log-checkpoint.ts
var ED25519 = Uint8Array.of(1);
var MOST_CHARACTERS = 16384;
var NAME = /^[^\s+]{1,200}$/u;
function keyId(sha256, { name, key }) {
  return sha256(joinBytes(toBytes(`${name}
`), ED25519, key)).subarray(0, 4);
}
function parseLogKey(sha256, text2) {
  const [name = "", id = "", ...rest] = text2.split("+");
  const bytes = fromBase64(rest.join("+"));
  if (!NAME.test(name) || bytes === null || bytes.length !== 33 || bytes[0] !== 1) return null;
  const key = { name, key: bytes.subarray(1) };
  return toHex(keyId(sha256, key)) === id ? key : null;
}
async function openCheckpoint(sha256, verify, note, key) {
  const match = /^((?:[^\n]+\n){3})\n((?:— [^\n ]+ [^\n ]+\n)+)$/u.exec(note);
  if (match === null || note.length > MOST_CHARACTERS || /[\x00-\x09\x0b-\x1f]/.test(note)) return null;
  const [, text2 = "", signatures = ""] = match;
  const head = parseText(text2);
  if (head === null || head.origin !== key.name) return null;
  const id = keyId(sha256, key);
  let signed = false;
  for (const line of signatures.trimEnd().split("\n")) {
    const [, name, encoded = ""] = line.split(" ");
    const bytes = fromBase64(encoded);
    if (bytes === null || bytes.length < 5) return null;
    if (name !== key.name || !sameBytes(bytes.subarray(0, 4), id)) continue;
    if (!await verify(key.key, toBytes(text2), bytes.subarray(4))) return null;
    signed = true;
  }
  return signed ? head : null;
}
function parseText(text2) {
  const [origin = "", size = "", root = ""] = text2.split("\n");
  const hash = fromBase64(root);
  if (!/^(0|[1-9]\d{0,14})$/.test(size) || Number(size) > MOST_ENTRIES || hash?.length !== 32) return null;
  return { origin, size: Number(size), root: hash };
}

// protocol/log-entry.ts
var SALT_BYTES = 16;
function entryOf(sha256, record2) {
  if (fromBase64url(record2.salt)?.length !== (record2.kind === "key" ? 0 : SALT_BYTES)) return null;
  return sha256(toBytes(entryText(record2)));
}
function entryText({ kind, salt, payload, signature }) {
  return `sublet/log/${kind}/v1
${salt}
${signature}
${payload}`;
}

// protocol/countersignature.ts
function countersignatureText({ leaseId, sequence, statement: statement2, at }) {
  return JSON.stringify({ v: 1, leaseId, sequence, statement: statement2, at });
}
function readCountersignature(payload) {
  const texts = ["leaseId", "statement", "at"];
  const read = textFields(payload, texts, ["v", "sequence", ...texts]);
  const good = read !== null && read.v === 1 && Number.isSafeInteger(read.sequence) && read.sequence >= 0 && /^[0-9a-f]{64}$/.test(read.statement) && isInstant(read.at);
  return good && countersignatureText(read) === payload ? read : null;
}

// protocol/verify-countersignature.ts
var WHERE2 = "the countersignature";
async function verifyCountersignature(bill, {
  terms,
  hashes,
  marketKey
}, verify) {
  const signed = bill.countersignature ?? null;
  if (signed === null) return null;
  const record2 = readCountersignature(signed.payload);
  if (record2 === null) throw new BillFault(WHERE2, "Its text is no countersignature.");
  if (record2.leaseId !== terms.leaseId) throw new BillFault(WHERE2, "It is of another rental.");
  if (hashes[record2.sequence] !== record2.statement)
    throw new BillFault(WHERE2, `It is not of statement ${record2.sequence} as this bill has it.`);
  const namedBy = await whoNames(signed, terms, marketKey, verify);
  if (!await fits(DOMAINS.countersignature, signed, signed.key, verify))
    throw new BillFault(WHERE2, "Its signature does not fit.");
  return { sequence: record2.sequence, at: record2.at, key: signed.key, namedBy };
}
async function whoNames({ key, permit }, terms, marketKey, verify) {
  const inTerms = (terms.clientKeys ?? []).includes(key);
  if (permit === null) {
    if (!inTerms) throw new BillFault(WHERE2, "The terms do not name its key as one of the renter.");
    return "terms";
  }
  if (inTerms) throw new BillFault(WHERE2, "It brings a permit although the terms name its key.");
  if (!await fits(DOMAINS.lease, permit, marketKey, verify))
    throw new BillFault(WHERE2, "The signature of its permit does not fit.");
  const read = textFields(permit.payload, ["leaseId"], ["clientKeys"]);
  if (read?.leaseId !== terms.leaseId || !Array.isArray(read.clientKeys) || !read.clientKeys.includes(key))
    throw new BillFault(WHERE2, "Its permit does not name its key as one of the renter.");
  return "permit";
}
async function fits(domain, { payload, signature }, key, verify) {
  const raw = fromBase64url(key);
  const bytes = fromBase64url(signature);
  return raw?.length === 32 && bytes?.length === 64 && await verify(raw, toBytes(signedText(domain, payload)), bytes);
}

// protocol/verify-bill.ts
var NO_PREVIOUS = "0".repeat(64);
async function verifyBill(file, options) {
  const bill = parseBill(file);
  const key = logKeyOf(bill, options);
  const head = await headOf(bill, key, options);
  const proofs = proofsOf(bill, head, options);
  const earlier = await checkEarlier(bill, key, head, proofs, options);
  await checkSeen(key, head, earlier, options);
  const signed = signaturesBy(options);
  const market = readKey(bill.marketKey, "the market’s key", "market");
  await signed("the market’s key", DOMAINS.key, bill.marketKey, market.key);
  proofs.check("the market’s key", "key", bill.marketKey);
  const machine = readKey(bill.machineKey, "the machine’s key", "machine");
  await signed("the machine’s key", DOMAINS.key, bill.machineKey, market.key);
  proofs.check("the machine’s key", "key", bill.machineKey);
  const terms = readTerms(bill.terms);
  await signed("the terms", DOMAINS.terms, bill.terms, market.key);
  proofs.check("the terms", "terms", bill.terms);
  if (machine.machineId !== terms.machineId) throw new BillFault("the machine’s key", "It is of another machine.");
  const lines = [];
  const chain = [];
  let previous = NO_PREVIOUS;
  let notYetLogged = 0;
  for (const [at, line] of bill.statements.entries()) {
    const where = `statement ${at}`;
    await signed(where, DOMAINS.statement, line, machine.key);
    const statement2 = readStatement(line.payload);
    if (statement2 === null) throw new BillFault(where, "Its text is no statement.");
    if (statement2.leaseId !== terms.leaseId || statement2.machineId !== terms.machineId)
      throw new BillFault(where, "It is of another rental.");
    if (statement2.sequence !== at || statement2.previous !== previous)
      throw new BillFault(where, "It does not continue the chain: a statement is missing, or was put in.");
    if (line.index === null) notYetLogged += expectNews(where, line.receivedAt, bill);
    else proofs.check(where, "statement", line);
    previous = toHex(options.sha256(toBytes(signedText(DOMAINS.statement, line.payload))));
    chain.push(previous);
    lines.push({ ...line, statement: statement2 });
  }
  const credits = [];
  for (const [at, credit] of bill.credits.entries()) {
    const where = `credit ${at}`;
    await signed(where, DOMAINS.credit, credit, market.key);
    proofs.check(where, "credit", credit);
    credits.push(readCredit(where, credit, terms));
  }
  const renter = { terms, hashes: chain, marketKey: market.key };
  const countersigned2 = await verifyCountersignature(bill, renter, options.verify);
  proofs.expectAllUsed();
  const totals2 = recompute({ ...bill, terms }, lines, credits);
  if (bill.givenBack !== void 0) {
    const { permit } = bill.givenBack;
    await signed("the permit of the window", DOMAINS.lease, permit, market.key);
    checkGivenBack(bill.givenBack, terms, lines);
  }
  for (const [name, value] of Object.entries(totals2)) {
    const said = bill.totals[name];
    if (said !== value) throw new BillFault("the totals", `${name} is given as ${said}; it is ${value}.`);
  }
  await signed("the bill", DOMAINS.bill, { payload: billText(bill), signature: bill.signature }, market.key);
  return {
    bookingId: terms.bookingId,
    machineId: terms.machineId,
    final: bill.final,
    statements: lines.length,
    credits: credits.length,
    notYetLogged,
    countersigned: countersigned2,
    totals: totals2,
    givenBack: bill.givenBack ?? null,
    terms,
    log: bill.log,
    logSize: head.size,
    earlierSize: earlier?.size ?? null
  };
}
function logKeyOf(bill, { sha256, logKey }) {
  if (logKey !== null && logKey.trim() !== bill.log)
    throw new BillFault("the log’s key", "The bill is of a log with another key than the one you named.");
  const key = parseLogKey(sha256, bill.log);
  if (key === null) throw new BillFault("the log’s key", "It is not one.");
  return key;
}
async function headOf(bill, key, { sha256, verify }) {
  const head = await openCheckpoint(sha256, verify, bill.checkpoint, key);
  if (head === null) throw new BillFault("the checkpoint", "The log did not sign it.");
  return head;
}
function proofsOf(bill, head, { sha256 }) {
  const used = /* @__PURE__ */ new Set();
  const bytes = bill.hashes.map((text2) => fromBase64(text2));
  const hashes = (where, path) => path.map((at) => {
    const hash = bytes[at];
    if (hash?.length !== 32) throw new BillFault(where, "Its proof names a hash that is not there.");
    used.add(at);
    return hash;
  });
  return {
    hashes,
    check(where, kind, record2) {
      const entry = entryOf(sha256, { ...record2, kind });
      if (entry === null || record2.index === null) throw new BillFault(where, "It is not in the log.");
      const path = hashes(where, record2.path);
      const root = rootFromPath(sha256, leafHash(sha256, entry), record2.index, head.size, path);
      if (root === null || !sameBytes(root, head.root)) throw new BillFault(where, "It is not in the log.");
    },
    expectAllUsed() {
      if (used.size !== bill.hashes.length) throw new BillFault("the hashes", "Some of them prove nothing.");
    }
  };
}
async function checkEarlier({ earlier }, key, head, proofs, { sha256, verify }) {
  if (earlier === null) return null;
  const older = await openCheckpoint(sha256, verify, earlier.checkpoint, key);
  if (older === null) throw new BillFault("the older checkpoint", "The log did not sign it.");
  if (!isConsistent(sha256, older, head, proofs.hashes("the older checkpoint", earlier.path)))
    throw new BillFault("the older checkpoint", "The log does not continue it: it shows two histories.");
  return older;
}
async function checkSeen(key, head, earlier, { sha256, verify, seen }) {
  if (seen === null) return;
  const where = "the checkpoint that you saw";
  const other = await openCheckpoint(sha256, verify, seen, key);
  if (other === null) throw new BillFault(where, "The log of this bill did not sign it.");
  const same = [head, earlier].find((one) => one?.size === other.size);
  if (same === void 0 || same === null)
    throw new BillFault(where, `Ask the market for the bill with a proof from it: add ?since=${other.size}.`);
  if (!sameBytes(same.root, other.root))
    throw new BillFault(where, "The log shows another history here: keep both files, they prove it.");
}
function signaturesBy({ verify }) {
  return async (where, domain, { payload, signature }, key) => {
    const raw = fromBase64url(key);
    const bytes = fromBase64url(signature);
    const message = toBytes(signedText(domain, payload));
    if (raw?.length !== 32 || bytes?.length !== 64 || !await verify(raw, message, bytes))
      throw new BillFault(where, "Its signature does not fit.");
  };
}
function expectNews(where, receivedAt, { issuedAt }) {
  if (Date.parse(issuedAt) - Date.parse(receivedAt) > CLOCK_AHEAD_MS)
    throw new BillFault(where, "It should be in the log since long, and is not.");
  return 1;
}
function readKey({ payload }, where, role) {
  const read = textFields(payload, ["key"], ["v", "role", "machineId", "key"]);
  if (read === null || read.v !== 1 || read.role !== role || role === "market" !== (read.machineId === null))
    throw new BillFault(where, "Its text is no record of that key.");
  return read;
}
function readTerms({ payload }) {
  const texts = ["leaseId", "bookingId", "machineId", "bookedAt"];
  const amounts = ["priceMicrosPerGpuHour", "diskPriceMicrosPerGibMonth", "diskBytes"];
  const counts = ["feeBasisPoints", "gpuCount"];
  const read = textFields(payload, [...texts, ...amounts], ["v", ...texts, ...amounts, ...counts]);
  const good = read !== null && read.v === 1 && amounts.every((name) => /^\d{1,30}$/.test(read[name])) && counts.every((name) => Number.isSafeInteger(read[name]) && read[name] >= 0) && (read.clientKeys === void 0 || Array.isArray(read.clientKeys)) && (read.cancellation === void 0 || isCancellation(read.cancellation));
  if (!good) throw new BillFault("the terms", "Their text is no terms.");
  return read;
}
function isCancellation(value) {
  if (typeof value !== "object" || value === null) return false;
  const { freeSeconds, shareBasisPoints } = value;
  return [freeSeconds, shareBasisPoints].every((each) => Number.isSafeInteger(each) && each >= 0);
}
function readCredit(where, { payload }, terms) {
  const amounts = ["micros", "hostMicros", "feeMicros"];
  const texts = ["leaseId", "reference", "reason", "at", ...amounts];
  const read = textFields(payload, texts, ["v", ...texts, "evidence"]);
  const good = read !== null && read.v === 1 && amounts.every((name) => /^\d{1,30}$/.test(read[name])) && isInstant(read.at) && Array.isArray(read.evidence);
  if (!good) throw new BillFault(where, "Its text is no credit.");
  if (read.leaseId !== terms.leaseId) throw new BillFault(where, "It is of another rental.");
  return read;
}

// protocol/web-crypto.ts
var verifyByWebCrypto = async (key, message, signature) => {
  try {
    const imported = await crypto.subtle.importKey("raw", joinBytes(key), "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", imported, joinBytes(signature), joinBytes(message));
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotSupportedError") throw error;
    return false;
  }
};

// cli/verify.ts
var HELP = `sublet verify FILE [--log-key LINE] [--checkpoint FILE]

  Recomputes a bill from what the machine signed, without a network.

  FILE               a bill: the page of a booking and GET /api/v1/bookings/ID/receipts give it
  --log-key LINE     the log's key as you know it from elsewhere: its page, another renter, a host
  --checkpoint FILE  a checkpoint of the log that you or somebody else saw: the log must not show two histories
  --json             the result as one line of JSON

Exit codes: 0 it is right, 1 something is wrong with it, 2 the command was not understood.
`;
process.exitCode = await main();
async function main() {
  const options = readOptions();
  if (options === null) return 2;
  const say = (result, sentence) => process.stdout.write(options.json ? `${JSON.stringify(result)}
` : sentence);
  try {
    const bill = await verifyBill(readText(options.file), {
      sha256: sha256Plain,
      verify: verifyByWebCrypto,
      logKey: options.logKey,
      seen: options.checkpoint === null ? null : readText(options.checkpoint)
    });
    say({ ok: true, ...bill }, sentences(bill, options.logKey));
    return 0;
  } catch (error) {
    if (!(error instanceof BillFault)) throw error;
    say({ ok: false, record: error.record, why: error.message }, `WRONG: ${error.record}. ${error.message}
`);
    return 1;
  }
}
function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        "log-key": { type: "string" },
        checkpoint: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false }
      }
    });
    const [file, ...more] = positionals;
    if (values.help || file === void 0 || more.length > 0) {
      process.stderr.write(HELP);
      return null;
    }
    return { file, logKey: values["log-key"] ?? null, checkpoint: values.checkpoint ?? null, json: values.json };
  } catch (error) {
    process.stderr.write(`${error.message}

${HELP}`);
    return null;
  }
}
function readText(path) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch (error) {
    throw new BillFault(path, `It cannot be read (${error.message}).`);
  }
}
function sentences(bill, logKey) {
  const { totals: totals2, terms } = bill;
  const lines = [
    `RIGHT: the bill of ${bill.bookingId} ${bill.final ? "(final)" : "(so far)"} adds up.`,
    `  ${bill.statements} ${bill.statements === 1 ? "statement" : "statements"} signed by ${bill.machineId}, one chain, all in the log${bill.notYetLogged > 0 ? ` but the newest ${bill.notYetLogged}, which came just now` : ""}.`,
    countersigned(bill),
    `  ${totals2.gpuSeconds} GPU-seconds at ${dollars(terms.priceMicrosPerGpuHour)} per GPU-hour, and the disk at ${dollars(terms.diskPriceMicrosPerGibMonth)} per GiB and month.`,
    `  Charged ${dollars(totals2.chargedMicros)}: ${dollars(totals2.hostMicros)} to the host, ${dollars(totals2.feeMicros)} to the platform. Given back: ${dollars(totals2.refundedMicros)}.`,
    ...givenBack2(bill),
    `  The log has ${bill.logSize} entries${bill.earlierSize === null ? "" : ` and continues what it was at ${bill.earlierSize}`}.`,
    logKey === null ? `  The log's key was taken from the file. Compare it with what others see: ${bill.log}` : "  The log's key is the one that you named."
  ];
  return `${lines.join("\n")}
`;
}
function givenBack2({ givenBack: given }) {
  if (given === null) return [];
  const back = given.refundedMicros === "0" ? "" : `, of which ${dollars(given.refundedMicros)} came back`;
  return [
    `  The reserved window was given back at ${given.at}: by its terms that cost ${dollars(given.micros)}${back}; ${dollars(given.hostMicros)} to the host, ${dollars(given.feeMicros)} to the platform.`
  ];
}
function countersigned({ countersigned: by }) {
  if (by === null) return "  Host only: the renter did not countersign.";
  const named = by.namedBy === "terms" ? "the logged terms name" : "the market named later, in a permit";
  return `  Countersigned by the renter up to statement ${by.sequence}, at ${by.at}, by a key that ${named}.`;
}
function dollars(micros) {
  const digits = micros.padStart(7, "0");
  return `$${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
