import { BadgeCheck, CircleDashed, ShieldCheck } from 'lucide-react';
import { Badge } from '#components/ui/badge.tsx';
import { TRUST_TIER_LABELS, TRUST_TIER_MEANINGS, type TrustTier } from '#lib/catalogue/machine.ts';

const LOOKS = {
  new: ['neutral', CircleDashed],
  selfTested: ['info', BadgeCheck],
  checkedByStaff: ['good', ShieldCheck],
} as const;

/** What was checked of a machine. */
export function TrustBadge({ tier }: { tier: TrustTier }) {
  const [tone, Icon] = LOOKS[tier];
  return (
    <span title={TRUST_TIER_MEANINGS[tier]}>
      <Badge tone={tone}>
        <Icon aria-hidden />
        {TRUST_TIER_LABELS[tier]}
      </Badge>
    </span>
  );
}
