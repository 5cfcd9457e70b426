/** How a share of time is coloured: good enough is plain. */
export type ReliabilityTone = '' | 'text-muted' | 'text-warn-ink' | 'text-bad-ink';

/** Basis points in; null is a machine too new to say. */
export function reliabilityTone(basisPoints: number | null): ReliabilityTone {
  if (basisPoints === null) return 'text-muted';
  return basisPoints >= 9_900 ? '' : basisPoints >= 9_500 ? 'text-warn-ink' : 'text-bad-ink';
}
