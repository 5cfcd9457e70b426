import { keepWitnessed, signAs, witnessedOf } from '#components/booking/client-key.ts';
import { Doubt, firstSight, witness } from '#protocol/countersign.ts';
import { countersignatureText } from '#protocol/countersignature.ts';
import { DOMAINS } from '#protocol/domains.ts';
import { sha256Plain } from '#protocol/sha256.ts';
import { verifyByWebCrypto } from '#protocol/web-crypto.ts';
import { countersign } from './actions.ts';
import { Refused, registeredKey, tell } from './registered-key.ts';

/** How it stands with a rental's countersignature after a look at it. */
export type Standing =
  | { readonly state: 'agreed'; readonly sequence: number }
  | { readonly state: 'nothing' }
  /** The key was made after the permit was issued. */
  | { readonly state: 'unnamed' }
  | { readonly state: 'failed'; readonly sentence: string }
  | { readonly state: 'revoked'; readonly sentence: string }
  | { readonly state: 'doubt'; readonly sentence: string; readonly unseenSeconds: number };

type Answer = {
  readonly leaseId: string;
  readonly machineId: string;
  readonly machineKey: string;
  readonly clientKeys: readonly string[];
  readonly latest: number;
  readonly countersigned: { readonly sequence: number } | null;
  readonly statements: readonly { readonly payload: string; readonly signature: string }[];
};

export type Round = {
  readonly bookingId: string;
  readonly account: string;
  readonly knownKeys: readonly string[];
  /** The person gives their word for so many seconds from before this browser looked. */
  readonly vouchedSeconds?: number;
  readonly anew?: boolean;
};

/** This browser's key was revoked: only its person makes another. */
class KeyGone extends Error {}

const tools = { sha256: sha256Plain, verify: verifyByWebCrypto };

/** Checks what is new of a rental's statements and countersigns the newest of them, or says why not. */
export async function countersignRound(round: Round): Promise<Standing> {
  try {
    return await look(round);
  } catch (error) {
    if (error instanceof Doubt) return { state: 'doubt', sentence: error.message, unseenSeconds: error.unseenSeconds };
    if (error instanceof KeyGone) return { state: 'revoked', sentence: error.message };
    if (error instanceof Refused) return { state: 'failed', sentence: error.message };
    return { state: 'failed', sentence: 'This browser could not check or sign just now. It tries again in a minute.' };
  }
}

async function look(round: Round): Promise<Standing> {
  const { bookingId, account, knownKeys, vouchedSeconds, anew = false } = round;
  const own = await registeredKey(account, knownKeys, { anew }).catch((error: unknown) => {
    throw error instanceof Refused && error.reason === 'conflict' ? new KeyGone(error.message) : error;
  });
  const kept = await witnessedOf(bookingId);
  let answer = await ask(bookingId, kept?.sequence ?? -1);
  let seen = kept ?? firstSight(answer, Date.now());
  if (vouchedSeconds !== undefined) seen = { ...seen, vouchedSeconds };
  // Kept at once: from now on this browser knows the rental, whatever comes of this look.
  await keepWitnessed(bookingId, seen);
  const before = answer.countersigned?.sequence ?? -1;
  if (answer.latest >= 0 && !answer.clientKeys.includes(own.key))
    return before < answer.latest ? { state: 'unnamed' } : { state: 'agreed', sequence: before };
  for (;;) {
    seen = await witness(seen, answer.statements, Date.now(), tools);
    if (answer.statements.length === 0 || seen.sequence >= answer.latest) break;
    answer = await ask(bookingId, seen.sequence);
  }
  const agreed = answer.countersigned?.sequence ?? -1;
  if (seen.sequence > agreed) {
    const { leaseId, sequence, hash } = seen;
    const payload = countersignatureText({ leaseId, sequence, statement: hash, at: new Date().toISOString() });
    const signature = await signAs(own, DOMAINS.countersignature, payload);
    await tell(countersign, { bookingId, payload, signature, key: own.key });
  }
  await keepWitnessed(bookingId, seen);
  return seen.sequence < 0 ? { state: 'nothing' } : { state: 'agreed', sequence: Math.max(agreed, seen.sequence) };
}

async function ask(bookingId: string, after: number): Promise<Answer> {
  const answer = await fetch(`/api/v1/bookings/${bookingId}/countersignature?after=${after}`);
  if (!answer.ok) throw new Error(`the market answered ${answer.status}`);
  return (await answer.json()) as Answer;
}
