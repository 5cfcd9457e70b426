import { BadgeCheck, CircleDashed, ShieldCheck } from 'lucide-react';
import { Badge } from '#components/ui/badge.tsx';
import { TRUST_TIER_LABELS, TRUST_TIER_MEANINGS, type TrustTier } from '#lib/catalogue/machine.ts';
import { TRUST_TONES } from './trust-tones.ts';

const TRUST_ICONS = { new: CircleDashed, selfTested: BadgeCheck, checkedByStaff: ShieldCheck } as const;

/** What was checked of a machine. */
export function TrustBadge({ tier }: { tier: TrustTier }) {
  const Icon = TRUST_ICONS[tier];
  return (
    <Badge tone={TRUST_TONES[tier]} title={TRUST_TIER_MEANINGS[tier]}>
      <Icon aria-hidden />
      {TRUST_TIER_LABELS[tier]}
    </Badge>
  );
}
