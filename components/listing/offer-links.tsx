import { FlaskConical } from 'lucide-react';
import type { ReactNode } from 'react';
import { TRUST_ICONS } from '#components/machine/trust-badge.tsx';
import { SoftLinks } from '#components/ui/soft-links.tsx';
import { Sprite } from '#components/ui/sprite.tsx';
import { PRICE_ICONS } from './price-label.tsx';

const ICONS = { ...TRUST_ICONS, ...PRICE_ICONS, simulated: FlaskConical };

/** What stands around offers: it draws their icons once and follows their links without a script in each. */
export function OfferLinks({ children }: { children: ReactNode }) {
  return (
    <SoftLinks>
      <Sprite icons={ICONS} />
      {children}
    </SoftLinks>
  );
}
