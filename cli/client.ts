import { createPrivateKey, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { firstSight, type Witnessed, witness } from '#protocol/countersign.ts';
import { clientKeyText, countersignatureText } from '#protocol/countersignature.ts';
import { newSigningKey, rawPublicKey, sha256Bytes, signPayload, verifyBytes } from '#protocol/keys.ts';
import { DOMAINS } from '#protocol/words.ts';
import type { Market } from './market.ts';

const keys = z.object({ account: z.string() });
const registered = z.object({ id: z.string() });
const answer = z.object({
  leaseId: z.string(),
  machineId: z.string(),
  machineKey: z.string(),
  latest: z.number(),
  statements: z.array(z.object({ payload: z.string(), signature: z.string() })),
});
const agreed = z.object({ sequence: z.number() });

/** What a client keeps between two runs: its key, what it is registered as, and what it saw of each rental. */
export type KeptClient = {
  readonly id: string;
  readonly account: string;
  /** PKCS #8 as PEM: whoever has it signs as this client. */
  readonly key: string;
  readonly seen: Readonly<Record<string, Witnessed>>;
};

/** A client of a renter with a key of its own, which countersigns what it saw. Register it before booking, so that the terms name it. */
export class Client {
  readonly #market: Market;
  readonly #key: KeyObject;
  readonly #id: string;
  readonly #account: string;
  readonly #seen: Map<string, Witnessed>;

  private constructor(market: Market, key: KeyObject, kept: Omit<KeptClient, 'key'>) {
    this.#market = market;
    this.#key = key;
    this.#id = kept.id;
    this.#account = kept.account;
    this.#seen = new Map(Object.entries(kept.seen));
  }

  /** Makes a key, in memory only, and registers it for whoever is signed in. */
  static async register(market: Market, name: string): Promise<Client> {
    const key = newSigningKey();
    const { account } = await market.ask('/api/v1/client-keys', keys);
    const raw = rawPublicKey(key);
    const { signature } = signPayload(DOMAINS.clientKey, clientKeyText(account, raw), key);
    const body = { key: raw, proof: signature, name };
    const { id } = await market.ask('/api/v1/client-keys', registered, { method: 'POST', body });
    return new Client(market, key, { id, account, seen: {} });
  }

  /** The client that {@link kept} described. */
  static restore(market: Market, kept: KeptClient): Client {
    return new Client(market, createPrivateKey(kept.key), kept);
  }

  /** What to keep so that a later run goes on as this client. It holds the key: for nobody else's eyes. */
  kept(): KeptClient {
    return {
      id: this.#id,
      account: this.#account,
      key: this.#key.export({ type: 'pkcs8', format: 'pem' }).toString(),
      seen: Object.fromEntries(this.#seen),
    };
  }

  /** Takes the word of its person for so many seconds from before it looked: what {@link look} doubted, and no more. */
  vouch(bookingId: string, seconds: number): void {
    const seen = this.#seen.get(bookingId);
    if (seen !== undefined) this.#seen.set(bookingId, { ...seen, vouchedSeconds: seconds });
  }

  /**
   * Looks at a rental and countersigns its newest statement; the first look is best right after booking, since a client
   * agrees to no time before it. Answers the statement, null before the first. Throws `Doubt` with a sentence when what the
   * machine states does not fit what this client saw.
   */
  async look(bookingId: string): Promise<number | null> {
    const path = `/api/v1/bookings/${bookingId}/countersignature`;
    for (;;) {
      const known = this.#seen.get(bookingId);
      const now = Date.now();
      const told = await this.#market.ask(`${path}?after=${known?.sequence ?? -1}`, answer);
      const tools = { sha256: sha256Bytes, verify: verifyBytes };
      const first = known ?? firstSight(told, now);
      this.#seen.set(bookingId, first);
      const seen = await witness(first, told.statements, now, tools);
      this.#seen.set(bookingId, seen);
      if (seen.sequence < told.latest && told.statements.length > 0) continue;
      if (seen.sequence < 0) return null;
      const { leaseId, sequence, hash } = seen;
      const text = countersignatureText({ leaseId, sequence, statement: hash, at: new Date(now).toISOString() });
      const body = { ...signPayload(DOMAINS.countersignature, text, this.#key), key: rawPublicKey(this.#key) };
      return (await this.#market.ask(path, agreed, { method: 'POST', body })).sequence;
    }
  }

  /** Revokes the key: what it countersigned stays. */
  async revoke(): Promise<void> {
    await this.#market.ask(`/api/v1/client-keys/${this.#id}`, z.unknown(), { method: 'DELETE' });
  }
}
