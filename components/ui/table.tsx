import Link from 'next/link';
import type { ReactNode } from 'react';
import { type CellProps, Th } from './cells.tsx';
import { cn } from './cn.ts';

type TableProps = {
  /** Names the table and its scroll region; unique on the page. */
  caption: string;
  showCaption?: boolean | undefined;
  /** Scrolls inside this height with its header in view, e.g. "24rem". */
  maxHeight?: string | undefined;
  /** On a phone each row becomes a block of labelled facts: nothing scrolls sideways. Give each Td its `label`. */
  stacked?: boolean | undefined;
  className?: string | undefined;
  children: ReactNode;
};

/** A table that scrolls by itself when it is wider than the page. Children: `<thead>`, `<tbody>` with Th and Td. */
export function Table({ caption, showCaption, maxHeight, stacked, className, children }: TableProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a part of its panel that scrolls; a fieldset is for controls
    <div
      role="group"
      aria-label={caption}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
      tabIndex={0}
      style={{ maxHeight }}
      className={cn(
        'relative overflow-auto rounded-[inherit] focus-visible:-outline-offset-2',
        stacked && 'stacked-table',
        className,
      )}
    >
      <table className="data-table">
        <caption className={showCaption ? 'px-4 pb-2 text-left text-muted text-sm' : 'sr-only'}>{caption}</caption>
        {children}
      </table>
    </div>
  );
}

type SortThProps = CellProps & {
  children: ReactNode;
  /** Address of this page sorted by this column. */
  href: string;
  /** How the page is sorted by this column now. */
  sorted?: 'ascending' | 'descending' | undefined;
};

/** A header cell whose link sorts the page by it. */
export function SortTh({ children, href, sorted, numeric }: SortThProps) {
  return (
    <Th numeric={numeric ?? false} aria-sort={sorted ?? 'none'}>
      <Link
        href={href}
        scroll={false}
        prefetch={false}
        className={cn(
          'sign sign-end inline-flex min-h-6 items-center gap-1 hover:text-ink',
          sorted === undefined ? 'sign-unsorted' : `sign-${sorted} text-ink`,
        )}
      >
        {children}
      </Link>
    </Th>
  );
}
