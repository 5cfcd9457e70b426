import { cn } from '#components/ui/cn.ts';
import { formatBasisPoints } from '#lib/catalogue/quantity.ts';
import { reliabilityTone } from './reliability-tone.ts';

/** The share of offered time in which a machine was reachable, or "new". */
export function ReliabilityFigure({ basisPoints }: { basisPoints: number | null }) {
  return (
    <span className={cn('tabular', reliabilityTone(basisPoints))}>
      {basisPoints === null ? 'new' : formatBasisPoints(basisPoints)}
    </span>
  );
}
