import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import type { Tx } from '#lib/io/db.ts';
import { sha256 } from '#protocol/keys.ts';
import type { MoveTold } from './dispute-move.ts';
import { evidenceProblem, type NewEvidence, type OwnEvidence } from './evidence.ts';

export type NewMove = {
  readonly disputeId: string;
  readonly number: number;
  readonly side: 'renter' | 'host' | 'staff' | 'market';
  readonly actorId: string | null;
  readonly move: MoveTold;
  readonly amountMicros: bigint | null;
  readonly text: string;
  readonly evidence: readonly NewEvidence[];
};

/** Step: writes a move of a dispute down, with its evidence: each piece with its hash and this time. */
export async function writeMove(tx: Tx, { evidence, ...move }: NewMove, now: Date): Promise<void> {
  await tx.disputeMove.create({ data: { ...move, at: now } });
  if (evidence.length === 0) return;
  const { disputeId, number: moveNumber, side } = move;
  await tx.disputeEvidence.createMany({
    data: evidence.map(({ kind, title, payload }) => ({
      ...{ id: newId('evidence', now), disputeId, moveNumber, side, kind, title, payload, at: now },
      hash: sha256(payload),
    })),
  });
}

/** What a side lays down, ready to be stored; refuses with `badInput` at its fields. */
export function ownEvidence(given: OwnEvidence | null): NewEvidence[] {
  if (given === null) return [];
  const problem = evidenceProblem(given);
  if (problem !== null) throw new Refusal('badInput', problem);
  return [{ kind: 'text', title: given.title.trim(), payload: given.text }];
}
