import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react';
import Link from 'next/link';
import type { ComponentProps, ReactNode } from 'react';
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
      <table className="w-full border-separate border-spacing-0 text-sm [&_thead]:bg-sunken [&_tbody_tr:last-child>*]:border-b-0">
        <caption className={showCaption ? 'px-4 pb-2 text-left text-muted text-sm' : 'sr-only'}>{caption}</caption>
        {children}
      </table>
    </div>
  );
}

type CellProps = {
  /** Figures: right-aligned, tabular, unbroken. */
  numeric?: boolean | undefined;
};

/** A header cell; `scope="row"` for the cell that names its row. */
export function Th({ numeric, scope = 'col', className, ...rest }: ComponentProps<'th'> & CellProps) {
  return (
    <th
      scope={scope}
      className={cn(
        'border-line border-b px-3 text-left align-middle first:pl-4 last:pr-4 sm:last:pr-5 sm:first:pl-5',
        scope === 'col'
          ? 'sticky top-0 z-1 h-9 whitespace-nowrap bg-sunken font-medium text-muted text-xs'
          : 'py-2.5 font-medium',
        numeric && 'tabular text-right',
        className,
      )}
      {...rest}
    />
  );
}

/** A body cell. `label` is what stands before it where the table is stacked. */
export function Td({ numeric, label, className, ...rest }: ComponentProps<'td'> & CellProps & { label?: string }) {
  return (
    <td
      data-label={label}
      className={cn(
        'border-line border-b px-3 py-2.5 align-middle first:pl-4 last:pr-4 sm:last:pr-5 sm:first:pl-5',
        numeric && 'tabular whitespace-nowrap text-right',
        className,
      )}
      {...rest}
    />
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
  const Icon = sorted === 'ascending' ? ArrowUp : sorted === 'descending' ? ArrowDown : ChevronsUpDown;
  return (
    <Th numeric={numeric ?? false} aria-sort={sorted ?? 'none'}>
      <Link
        href={href}
        scroll={false}
        className={cn('inline-flex min-h-6 items-center gap-1 hover:text-ink', sorted && 'text-ink')}
      >
        {children}
        <Icon aria-hidden className="size-3" />
      </Link>
    </Th>
  );
}
