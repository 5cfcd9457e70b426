import { Badge } from '#components/ui/badge.tsx';
import { SpriteIcon } from '#components/ui/sprite.tsx';
import type { BadgeWords } from './offer-line.ts';

/** Words about an offer, one after another. Stands in OfferLinks, which has their icons. */
export function OfferBadges({ badges }: { badges: readonly BadgeWords[] }) {
  return badges.map(({ words, tone, icon, title, dashed }) => (
    <Badge key={words} tone={tone} title={title} className={dashed && 'border-dashed'}>
      {icon && <SpriteIcon name={icon} />}
      {words}
    </Badge>
  ));
}
