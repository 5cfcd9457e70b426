import { ArrowDown, ArrowRight, ArrowUp } from 'lucide-react';
import Link from 'next/link';
import { cn } from '#components/ui/cn.ts';
import type { PriceLabel as Label } from '#lib/catalogue/price-band.ts';
import { priceLook } from './price-tag.tsx';

const ICONS = { low: ArrowDown, typical: ArrowRight, high: ArrowUp } as const;

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
  const Icon = ICONS[label.word];
  const [look, words] = priceLook(label.word, href !== undefined);
  const inside = (
    <>
      <Icon aria-hidden />
      {words}
      {href !== undefined && <span className="sr-only">: explain this price</span>}
    </>
  );
  return href === undefined ? (
    <span className={cn(look, className)}>{inside}</span>
  ) : (
    <Link href={href} className={cn(look, className)}>
      {inside}
    </Link>
  );
}
