import { Badge } from './badge.tsx';
import { cn } from './cn.ts';

/** Marks a machine (or what came from one) that computes nothing. Stands wherever such a machine is shown. */
export function SimulatedBadge({ className }: { className?: string | undefined }) {
  return (
    <Badge tone="neutral" className={cn('sign sign-simulated border-dashed', className)}>
      simulated
    </Badge>
  );
}
