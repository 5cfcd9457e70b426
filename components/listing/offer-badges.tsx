import { TrustBadge } from '#components/machine/trust-badge.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import type { OfferRow } from '#lib/catalogue/offer.ts';

/** What was checked of an offer, and what else one should know at a glance. */
export function OfferBadges({ offer }: { offer: Pick<OfferRow, 'trust' | 'simulated' | 'own' | 'health'> }) {
  return (
    <span className="flex flex-wrap gap-1">
      <TrustBadge tier={offer.trust} />
      {offer.simulated && <SimulatedBadge />}
      {offer.own && <Badge tone="accent">yours</Badge>}
      {offer.health === 'late' && <Badge tone="warn">late</Badge>}
    </span>
  );
}
