import { ChevronLeft, ChevronRight } from 'lucide-react';
import { LinkButton } from './link-button.tsx';

type PaginationProps = {
  /** Names it: "Pages of bookings". */
  label: string;
  /** Address of the first page, when this is not it. */
  firstHref?: string | null | undefined;
  /** Address of the next page, when there is one. */
  nextHref?: string | null | undefined;
  /** What is shown: "1–50 of 312". */
  shown?: string | undefined;
};

/** First and next page of a list that is read by cursor. Renders nothing when the list fits one page. */
export function Pagination({ label, firstHref, nextHref, shown }: PaginationProps) {
  if (!firstHref && !nextHref) return null;
  return (
    <nav aria-label={label} className="flex flex-wrap items-center justify-between gap-2 py-3">
      <p className="tabular text-muted text-sm">{shown}</p>
      <div className="flex gap-2">
        {firstHref && (
          <LinkButton href={firstHref} size="sm">
            <ChevronLeft aria-hidden />
            First page
          </LinkButton>
        )}
        {nextHref && (
          <LinkButton href={nextHref} size="sm" rel="next">
            Next page
            <ChevronRight aria-hidden />
          </LinkButton>
        )}
      </div>
    </nav>
  );
}
