import { TickingAgo } from './ticking.tsx';

/** "3 min ago", counting; on hover and on focus the exact instant in the viewer's zone and in UTC. */
export function TimeAgo({ at, className }: { at: Date | string; className?: string | undefined }) {
  return <TickingAgo at={new Date(at).toISOString()} first={new Date()} className={className} />;
}
