import { Badge } from '#components/ui/badge.tsx';
import { TRUST_TIER_LABELS, TRUST_TIER_MEANINGS, type TrustTier } from '#lib/catalogue/machine.ts';
import { TRUST_TONES } from './trust-tones.ts';

/** What was checked of a machine. */
export function TrustBadge({ tier }: { tier: TrustTier }) {
  return (
    <Badge tone={TRUST_TONES[tier]} title={TRUST_TIER_MEANINGS[tier]} className={`sign sign-${tier}`}>
      {TRUST_TIER_LABELS[tier]}
    </Badge>
  );
}
