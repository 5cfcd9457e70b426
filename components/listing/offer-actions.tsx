import { Check, Plus } from 'lucide-react';
import Link from 'next/link';
import { cn } from '#components/ui/cn.ts';
import { RANK_PROMISE } from '#lib/catalogue/rank-reasons.ts';
import type { OfferExtra } from './offer-extras.ts';

const SMALL = 'relative z-1 inline-flex min-h-6 items-center gap-1 rounded-sm text-xs [&_svg]:size-3';

type OfferActionsProps = { extra: OfferExtra; about: string; className?: string | undefined };

/** Beside an offer of a search: put it into the tray, and why it stands where it stands. Links and a `details`: no script. */
export function OfferActions({ extra, about, className }: OfferActionsProps) {
  const { compare, place, reasons } = extra;
  return (
    <div className={cn('flex flex-wrap items-start gap-x-3', className)}>
      {compare.href === null ? (
        <span className={cn(SMALL, 'text-muted')}>Tray is full</span>
      ) : (
        <Link
          href={compare.href}
          scroll={false}
          className={cn(SMALL, compare.chosen ? 'font-medium text-accent-ink' : 'text-muted hover:text-ink')}
        >
          {compare.chosen ? <Check aria-hidden /> : <Plus aria-hidden />}
          {compare.chosen ? 'In the tray' : 'Compare'}
          <span className="sr-only">
            : {about}
            {compare.chosen && ', take it out'}
          </span>
        </Link>
      )}
      <details className="relative z-1 min-w-0 text-left text-xs">
        <summary className="min-h-6 cursor-pointer py-1 text-muted hover:text-ink">
          Why no. {place}
          <span className="sr-only">: {about}</span>
        </summary>
        <dl className="mt-1 max-w-72 space-y-1 whitespace-normal">
          {reasons.map(({ by, value }) => (
            <div key={by}>
              <dt className="text-muted">{by}</dt>
              <dd className="tabular">{value}</dd>
            </div>
          ))}
        </dl>
        <p className="mt-1 max-w-72 whitespace-normal text-muted">{RANK_PROMISE}</p>
      </details>
    </div>
  );
}
