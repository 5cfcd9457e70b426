import { DAY, theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { FILES_KEPT_DAYS } from './evidence-file.ts';

/** Sweep: forgets the files of disputes that were decided {@link FILES_KEPT_DAYS} days ago. Answers how many. */
export async function forgetDisputeFiles(world: World = theWorld): Promise<number> {
  const before = new Date(world.now().getTime() - FILES_KEPT_DAYS * DAY);
  return inTransaction(
    'forget dispute files',
    (tx) => tx.$executeRaw`
      DELETE FROM dispute_files f USING dispute_evidence e, disputes d
      WHERE e.id = f.evidence_id AND d.id = e.dispute_id AND d.decided_at < ${before}`,
  );
}
