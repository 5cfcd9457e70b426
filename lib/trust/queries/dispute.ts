import type { Actor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import { sideOf, whyNotDecide } from '../dispute.ts';
import { type Move, type MoveTold, movesFor } from '../dispute-move.ts';
import { EVIDENCE_KINDS, type EvidenceKind } from '../evidence.ts';
import type { MediaType } from '../evidence-file.ts';
import { readManifest, showablePicture } from '../evidence-manifest.ts';
import type { PictureSize } from '../picture.ts';
import { type DisputeRow, disputeColumns, disputeRow } from './disputes.ts';

/** A piece of evidence as it is listed: its text is asked for by itself. */
export type EvidenceRow = {
  readonly id: string;
  readonly kind: EvidenceKind;
  readonly title: string;
  /** SHA-256 of its exact text, in hex. */
  readonly hash: string;
  readonly at: Date;
  /** Of a picture that can be shown; null for everything else. */
  readonly picture: PictureSize | null;
};

/** Who laid it down. */
export type EvidenceSide = 'renter' | 'host' | 'market';

/** One step of a dispute, oldest first in its thread. */
export type DisputeStep = {
  readonly number: number;
  readonly side: 'renter' | 'host' | 'staff' | 'market';
  readonly move: MoveTold;
  readonly amountMicros: Micros | null;
  readonly text: string;
  readonly at: Date;
  readonly evidence: readonly EvidenceRow[];
};

/** One dispute as one of its sides, or staff, see it. */
export type Dispute = DisputeRow & {
  readonly side: 'renter' | 'host' | 'staff';
  /** Of what is contested. */
  readonly hostMicros: Micros;
  readonly feeMicros: Micros;
  /** The reason of whoever ended it. */
  readonly decision: string | null;
  readonly steps: readonly DisputeStep[];
  /** What the viewer may do now. */
  readonly actions: readonly Move[];
  /** Why the viewer may not decide now; null when they may. */
  readonly whyNotDecide: string | null;
};

/** One dispute, for its renter, its host or staff. What is nobody's of these is not found. */
export async function disputeOf(actor: Actor, id: string, now: Date): Promise<Dispute> {
  const row = await db.dispute.findFirst({
    where: { id, ...visibleTo(actor) },
    select: {
      ...disputeColumns,
      hostMicros: true,
      feeMicros: true,
      decision: true,
      moves: {
        orderBy: { number: 'asc' },
        select: {
          number: true,
          side: true,
          move: true,
          amountMicros: true,
          text: true,
          at: true,
          evidence: { orderBy: { id: 'asc' }, select: { id: true, kind: true, title: true, hash: true, at: true } },
        },
      },
    },
  });
  if (row === null) throw new Refusal('notFound');
  const pictures = await picturesOf(row.id);
  const { hostMicros, feeMicros, decision, moves, ...rest } = row;
  const dispute = disputeRow(rest);
  const by = (side: string) => moves.filter((move) => move.side === side).length;
  const facts = { ...dispute, renterId: row.renter.id, hostId: row.host.id };
  const side = sideOf(facts, actor.userId);
  const talk = { ...facts, movesOf: { renter: by('renter'), host: by('host') } };
  const admin = actor.role === 'admin' && !actor.suspended;
  return {
    ...dispute,
    side: side ?? 'staff',
    hostMicros,
    feeMicros,
    decision,
    steps: moves.map((move) => ({
      ...move,
      side: move.side as DisputeStep['side'],
      move: move.move as MoveTold,
      evidence: move.evidence
        .map((piece) => ({ ...piece, kind: piece.kind as EvidenceKind, picture: pictures.get(piece.id) ?? null }))
        .sort(byKind),
    })),
    actions: side === null ? [] : movesFor(talk, side, now),
    whyNotDecide: admin ? (whyNotDecide(facts, actor.userId, now)?.sentence ?? null) : 'An admin decides.',
  };
}

/** The pictures among the files of a dispute, by their evidence: texts of other evidence are long and stay where they are. */
async function picturesOf(disputeId: string): Promise<ReadonlyMap<string, PictureSize>> {
  const files = await db.disputeEvidence.findMany({
    where: { disputeId, kind: 'file', file: { isNot: null } },
    select: { id: true, payload: true },
  });
  return new Map(
    files.flatMap(({ id, payload }) => {
      const picture = showablePicture(payload, true);
      return picture === null ? [] : [[id, picture]];
    }),
  );
}

/** What was laid down at once is shown in one order: most telling first. */
function byKind(a: EvidenceRow, b: EvidenceRow): number {
  return EVIDENCE_KINDS.indexOf(a.kind) - EVIDENCE_KINDS.indexOf(b.kind);
}

/** One piece of evidence with its exact text, for the sides of its dispute and staff. */
export async function evidenceOf(
  actor: Actor,
  where: { readonly disputeId: string; readonly evidenceId: string },
): Promise<EvidenceRow & { readonly side: EvidenceSide; readonly payload: string; readonly fileKept: boolean }> {
  const row = await db.disputeEvidence.findFirst({
    where: { id: where.evidenceId, disputeId: where.disputeId, move: { dispute: visibleTo(actor) } },
    select: {
      id: true,
      kind: true,
      title: true,
      hash: true,
      at: true,
      side: true,
      payload: true,
      file: { select: { evidenceId: true } },
    },
  });
  if (row === null) throw new Refusal('notFound');
  const { file, ...piece } = row;
  const fileKept = file !== null;
  const picture = piece.kind === 'file' ? showablePicture(piece.payload, fileKept) : null;
  return { ...piece, kind: piece.kind as EvidenceKind, side: piece.side as EvidenceSide, fileKept, picture };
}

/** An attached file with its bytes, for the sides of its dispute and staff; one that was forgotten is not found. */
export async function evidenceFileOf(
  actor: Actor,
  where: { readonly disputeId: string; readonly evidenceId: string },
): Promise<{
  readonly name: string;
  readonly mediaType: MediaType;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly picture: PictureSize | null;
}> {
  const { kind, title: name, payload, picture } = await evidenceOf(actor, where);
  const row = kind === 'file' ? await db.disputeFile.findUnique({ where: { evidenceId: where.evidenceId } }) : null;
  if (row === null) throw new Refusal('notFound');
  return { name, mediaType: readManifest(payload).mediaType, bytes: row.bytes, picture };
}

/** The record of what interrupted a rental, as it was laid down when a dispute was opened; null for disputes of before. */
export async function interruptionsOf(actor: Actor, disputeId: string): Promise<string | null> {
  const row = await db.disputeEvidence.findFirst({
    where: { disputeId, kind: 'interruptions', move: { dispute: visibleTo(actor) } },
    select: { payload: true },
  });
  return row?.payload ?? null;
}

function visibleTo(actor: Actor) {
  return actor.role === 'admin' ? {} : { OR: [{ renterId: actor.userId }, { hostId: actor.userId }] };
}
