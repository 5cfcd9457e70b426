import { fromBase64url, toBytes, toHex } from './base64.ts';
import { DOMAINS, signedText } from './domains.ts';
import type { VerifyBytes } from './log-checkpoint.ts';
import type { Sha256 } from './sha256.ts';
import { readStatement } from './statement-text.ts';

/** What a renter's client remembers of a rental between two countersignatures. Only what it checked itself is in it. */
export type Witnessed = {
  readonly leaseId: string;
  readonly machineId: string;
  /** The key that signed the first statement that it saw: no other is taken later. */
  readonly machineKey: string;
  /** Since when the client knows the rental, by its own clock. */
  readonly sinceMs: number;
  /** The newest statement that it checked, -1 for none, and the hash that the next one must name. */
  readonly sequence: number;
  readonly hash: string;
  /** Seconds that were claimed up to there. */
  readonly claimedSeconds: number;
  /** Of these, seconds before `sinceMs` for which the person who rents gave their word. */
  readonly vouchedSeconds: number;
};

/** Clocks differ a little: a client takes so many seconds more than it counted. */
export const CLIENT_SLACK_SECONDS = 5;

const NO_PREVIOUS = '0'.repeat(64);

/** A client that sees a rental for the first time. */
export function firstSight(of: Pick<Witnessed, 'leaseId' | 'machineId' | 'machineKey'>, nowMs: number): Witnessed {
  const { leaseId, machineId, machineKey } = of;
  const none = { sequence: -1, hash: NO_PREVIOUS, claimedSeconds: 0, vouchedSeconds: 0 };
  return { leaseId, machineId, machineKey, sinceMs: nowMs, ...none };
}

/** Why a client does not countersign. `unseenSeconds`: what is claimed for before it looked; its person may vouch for them. */
export class Doubt extends Error {
  readonly unseenSeconds: number;

  constructor(sentence: string, unseenSeconds = 0) {
    super(sentence);
    this.name = 'Doubt';
    this.unseenSeconds = unseenSeconds;
  }
}

type Tools = { readonly sha256: Sha256; readonly verify: VerifyBytes };
type Text = { readonly payload: string; readonly signature: string };

/**
 * Checks statements that come after what a client saw: each signed by the machine, each continuing the one before, and not
 * more seconds claimed than passed since the client knows the rental. Answers what it remembers from then on, whose newest
 * statement it may sign. Throws {@link Doubt} with a sentence for the person.
 */
export async function witness(
  seen: Witnessed,
  statements: readonly Text[],
  nowMs: number,
  tools: Tools,
): Promise<Witnessed> {
  let { sequence, hash, claimedSeconds } = seen;
  for (const signed of statements) {
    const message = toBytes(signedText(DOMAINS.statement, signed.payload));
    const next = sequence + 1;
    const statement = readStatement(signed.payload);
    if (statement === null || statement.leaseId !== seen.leaseId || statement.machineId !== seen.machineId)
      throw new Doubt(`What should be statement ${next} is none of this rental.`);
    if (statement.sequence !== next || statement.previous !== hash)
      throw new Doubt(`Statement ${next} does not continue the one that was checked before it.`);
    if (!(await signs(seen.machineKey, message, signed.signature, tools)))
      throw new Doubt(`Statement ${next} is not signed by the machine that you rent.`);
    claimedSeconds += secondsOf(statement);
    sequence = next;
    hash = toHex(tools.sha256(message));
  }
  const saw = Math.max(0, Math.floor((nowMs - seen.sinceMs) / 1_000));
  const unseen = claimedSeconds - seen.vouchedSeconds - saw;
  if (unseen > CLIENT_SLACK_SECONDS)
    throw new Doubt(
      `The machine claims ${claimedSeconds} s, and this client has known the rental for ${saw} s only.`,
      claimedSeconds - saw,
    );
  return { ...seen, sequence, hash, claimedSeconds };
}

/** The longest time that a statement claims, by its clock or by its GPUs. */
function secondsOf(statement: {
  readonly monotonicSeconds: number;
  readonly gpuSeconds: number;
  readonly gpuUuids: readonly string[];
}): number {
  const { monotonicSeconds, gpuSeconds, gpuUuids } = statement;
  return Math.max(monotonicSeconds, Math.ceil(gpuSeconds / Math.max(1, new Set(gpuUuids).size)));
}

async function signs(key: string, message: Uint8Array, signature: string, { verify }: Tools): Promise<boolean> {
  const raw = fromBase64url(key);
  const bytes = fromBase64url(signature);
  return raw?.length === 32 && bytes?.length === 64 && (await verify(raw, message, bytes));
}
