import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import type { Tx } from '#lib/io/db.ts';
import { sha256, sha256Bytes } from '#protocol/keys.ts';
import type { MoveTold } from './dispute-move.ts';
import { evidenceProblem, type NewEvidence, type OwnEvidence } from './evidence.ts';
import { fileName, fileProblem, MOST_FILES, mediaTypeOf, type OwnFile } from './evidence-file.ts';
import { manifestText } from './evidence-manifest.ts';
import { pictureSize } from './picture.ts';

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

/**
 * Step: writes a move of a dispute down, with its evidence: each piece with its hash and this time. The dispute is locked.
 * Refuses with `badInput` (`evidenceFile`) a file too many.
 */
export async function writeMove(tx: Tx, { evidence, ...move }: NewMove, now: Date): Promise<void> {
  await tx.disputeMove.create({ data: { ...move, at: now } });
  if (evidence.length === 0) return;
  const { disputeId, number: moveNumber, side } = move;
  const pieces = evidence.map((piece) => ({ ...piece, id: newId('evidence', now) }));
  await tx.disputeEvidence.createMany({
    data: pieces.map(({ id, kind, title, payload }) => ({
      ...{ id, disputeId, moveNumber, side, kind, title, payload, at: now },
      hash: sha256(payload),
    })),
  });
  const files = pieces.flatMap(({ id: evidenceId, bytes }) => (bytes === undefined ? [] : [{ evidenceId, bytes }]));
  if (files.length === 0) return;
  if ((await tx.disputeEvidence.count({ where: { disputeId, side, kind: 'file' } })) > MOST_FILES)
    throw new Refusal('badInput', { evidenceFile: `You have attached ${MOST_FILES} files, which is the most.` });
  await tx.disputeFile.createMany({ data: files });
}

/** What a side lays down, ready to be stored; refuses with `badInput` at its fields. */
export function ownEvidence(given: OwnEvidence | null, file: OwnFile | null = null): NewEvidence[] {
  const wrong = given === null ? null : evidenceProblem(given);
  if (wrong !== null) throw new Refusal('badInput', wrong);
  const text: NewEvidence[] = given === null ? [] : [{ kind: 'text', title: given.title.trim(), payload: given.text }];
  return file === null ? text : [...text, evidenceOfFile(file)];
}

function evidenceOfFile(file: OwnFile): NewEvidence {
  const problem = fileProblem(file);
  const mediaType = mediaTypeOf(file.bytes);
  if (problem !== null || mediaType === null) throw new Refusal('badInput', { evidenceFile: problem });
  const { name, bytes } = file;
  const picture = pictureSize(bytes, mediaType);
  const payload = manifestText({
    mediaType,
    sizeBytes: bytes.length,
    sha256: Buffer.from(sha256Bytes(bytes)).toString('hex'),
    ...(picture === null ? {} : { picture }),
  });
  return { kind: 'file', title: fileName(name), payload, bytes };
}
