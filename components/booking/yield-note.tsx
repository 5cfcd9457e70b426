import { duration } from '#components/ui/instant.ts';
import type { ListingPage } from '#lib/catalogue/queries/listing.ts';

/** When whoever books has to wait until somebody with an interruptible rental has yielded; nothing where GPUs are idle. */
export function YieldNote({
  listing,
  className = '',
}: {
  listing: Pick<ListingPage, 'gpus' | 'noticeSeconds'>;
  className?: string;
}) {
  const idle = listing.gpus.filter((gpu) => gpu.takenUntil === null && !gpu.yields).length;
  const yielding = listing.gpus.filter((gpu) => gpu.takenUntil === null && gpu.yields).length;
  if (yielding === 0) return null;
  return (
    <p className={`text-muted text-xs ${className}`}>
      {idle === 0 ? 'It begins' : `With more than ${idle} ${idle === 1 ? 'GPU' : 'GPUs'} it begins`} within{' '}
      {duration(listing.noticeSeconds)}: somebody with an interruptible rental has{' '}
      {yielding === 1 ? 'one of them' : `${yielding} of them`} now. Nothing is billed before you can connect.
    </p>
  );
}
