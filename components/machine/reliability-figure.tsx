import { formatBasisPoints } from '#lib/catalogue/quantity.ts';

/** The share of offered time in which a machine was reachable, or "new". */
export function ReliabilityFigure({ basisPoints }: { basisPoints: number | null }) {
  if (basisPoints === null) return <span className="text-muted">new</span>;
  const tone = basisPoints >= 9_900 ? '' : basisPoints >= 9_500 ? 'text-warn-ink' : 'text-bad-ink';
  return <span className={`tabular ${tone}`}>{formatBasisPoints(basisPoints)}</span>;
}
