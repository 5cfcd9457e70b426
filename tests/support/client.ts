import { registerClientKey } from '#lib/auth/register-client-key.ts';
import type { Actor } from '#lib/base/actor.ts';
import { countersignStatement } from '#lib/receipts/countersign-statement.ts';
import { countersigningOf } from '#lib/receipts/queries/countersigning.ts';
import { firstSight, type Witnessed, witness } from '#protocol/countersign.ts';
import { clientKeyText, countersignatureText } from '#protocol/countersignature.ts';
import { sha256Bytes, signPayload, verifyBytes } from '#protocol/keys.ts';
import { DOMAINS } from '#protocol/words.ts';
import type { MovableClock } from './rental.ts';
import { keyPair } from './tunnel.ts';

/** A renter's client with a key of its own, as a browser or a program would be. */
export function clientOf(renter: Actor, clock: Pick<MovableClock, 'world' | 'now'>) {
  const keys = keyPair();
  let seen: Witnessed | undefined;
  const sign = (sequence: number, statement: string, leaseId: string) =>
    signPayload(
      DOMAINS.countersignature,
      countersignatureText({ leaseId, sequence, statement, at: clock.now().toISOString() }),
      keys.privateKey,
    );
  const proofFor = (who: Actor) =>
    signPayload(DOMAINS.clientKey, clientKeyText(who.userId, keys.publicKey), keys.privateKey).signature;
  const send = (bookingId: string, signed: { payload: string; signature: string }) =>
    countersignStatement(renter, { bookingId, key: keys.publicKey, ...signed }, clock.world);
  return {
    key: keys.publicKey,
    sign,
    send,
    proofFor,
    register: () => registerClientKey(renter, { key: keys.publicKey, proof: proofFor(renter) }, clock.world),
    /** Looks at a rental and countersigns its newest statement. */
    async look(bookingId: string) {
      const answer = await countersigningOf(renter, bookingId, seen?.sequence ?? -1);
      seen = await witness(
        seen ?? firstSight(answer, clock.now().getTime()),
        answer.statements,
        clock.now().getTime(),
        {
          sha256: sha256Bytes,
          verify: verifyBytes,
        },
      );
      return seen.sequence < 0 ? null : send(bookingId, sign(seen.sequence, seen.hash, seen.leaseId));
    },
  };
}
