import { ArrowDown, ArrowRight, ArrowUp } from 'lucide-react';
import Link from 'next/link';
import { TONE_LOOK } from '#components/ui/badge.tsx';
import { cn } from '#components/ui/cn.ts';
import type { PriceLabel as Label, PriceWord } from '#lib/catalogue/price-band.ts';

const LOOKS = {
  low: [ArrowDown, 'good', 'Low price'],
  typical: [ArrowRight, 'neutral', 'Typical price'],
  high: [ArrowUp, 'warn', 'High price'],
} as const satisfies Record<PriceWord, unknown>;

type PriceLabelProps = {
  /** Nothing is shown without one: there is too little to judge by. */
  label: Label | null;
  /** Where its arithmetic stands: makes it a link. */
  href?: string | undefined;
  className?: string | undefined;
};

/** Whether a price is low, typical or high among the same model and trust tier: arrow, word and colour. */
export function PriceLabel({ label, href, className }: PriceLabelProps) {
  if (label === null) return null;
  const [Icon, tone, words] = LOOKS[label.word];
  const look = cn(
    'inline-flex h-6 max-w-full items-center gap-1 whitespace-nowrap rounded-sm border px-1.5 align-middle font-medium text-xs [&_svg]:size-3 [&_svg]:shrink-0',
    TONE_LOOK[tone],
    href !== undefined && 'relative z-1 underline decoration-dotted underline-offset-2 hover:decoration-solid',
    className,
  );
  const inside = (
    <>
      <Icon aria-hidden />
      {words}
      {href !== undefined && <span className="sr-only">: explain this price</span>}
    </>
  );
  return href === undefined ? (
    <span className={look}>{inside}</span>
  ) : (
    <Link href={href} className={look}>
      {inside}
    </Link>
  );
}

/** Where a listing's page explains its price. */
export function explainHref(listingId: string): string {
  return `/gpus/${listingId}#price-history`;
}
