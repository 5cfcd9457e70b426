import { StateBadge, type StateKind } from '#components/ui/state-badge.tsx';
import type { Health } from '#lib/catalogue/machine.ts';

const KINDS: Record<Health, StateKind> = { online: 'running', late: 'warning', offline: 'failed' };

/** Whether a machine answers, and since when it does not. */
export function HealthBadge({ health, lastSyncAt }: { health: Health; lastSyncAt: Date | null }) {
  const since = health === 'online' || lastSyncAt === null ? undefined : lastSyncAt;
  return (
    <StateBadge kind={KINDS[health]} since={since}>
      {lastSyncAt === null ? 'never answered' : health === 'late' ? 'late' : health}
    </StateBadge>
  );
}
