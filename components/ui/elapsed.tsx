import { TickingElapsed } from './ticking.tsx';

/** How long something has lasted, counting: "54 s", "3 h 05 min". */
export function Elapsed({ since, className }: { since: Date | string; className?: string | undefined }) {
  return <TickingElapsed at={new Date(since).toISOString()} first={new Date()} className={className} />;
}
