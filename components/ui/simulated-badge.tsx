import { FlaskConical } from 'lucide-react';
import { Badge } from './badge.tsx';

/** Marks a machine (or what came from one) that computes nothing. Stands wherever such a machine is shown. */
export function SimulatedBadge({ className = '' }: { className?: string | undefined }) {
  return (
    <Badge tone="neutral" className={`border-dashed ${className}`}>
      <FlaskConical aria-hidden />
      simulated
    </Badge>
  );
}
