import { TRUST_TONES } from '#components/machine/trust-tones.ts';
import { Badge, type Tone } from '#components/ui/badge.tsx';
import { cn } from '#components/ui/cn.ts';
import { TRUST_TIER_LABELS, TRUST_TIER_MEANINGS, type TrustTier } from '#lib/catalogue/machine.ts';
import type { BadgeWord } from './offer-line.ts';

type Look = { readonly words: string; readonly tone: Tone; readonly title?: string; readonly className?: string };

const ofTier = (tier: TrustTier): Look => ({
  words: TRUST_TIER_LABELS[tier],
  tone: TRUST_TONES[tier],
  title: TRUST_TIER_MEANINGS[tier],
  className: cn('sign', `sign-${tier}`),
});

const LOOKS: Readonly<Record<BadgeWord, Look>> = {
  new: ofTier('new'),
  selfTested: ofTier('selfTested'),
  checkedByStaff: ofTier('checkedByStaff'),
  simulated: { words: 'simulated', tone: 'neutral', className: 'sign sign-simulated border-dashed' },
  yours: { words: 'yours', tone: 'accent' },
  late: { words: 'late', tone: 'warn' },
};

/** Words about an offer, one after another. */
export function OfferBadges({ badges }: { badges: readonly BadgeWord[] }) {
  return badges.map((badge) => {
    const { words, ...look } = LOOKS[badge];
    return (
      <Badge key={badge} {...look}>
        {words}
      </Badge>
    );
  });
}
