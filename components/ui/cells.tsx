import type { ComponentProps } from 'react';
import { cn } from './cn.ts';

export type CellProps = {
  /** Figures: right-aligned, tabular, unbroken. */
  numeric?: boolean | undefined;
};

/** A header cell; `scope="row"` for the cell that names its row. */
export function Th({ numeric, scope = 'col', className, ...rest }: ComponentProps<'th'> & CellProps) {
  return <th scope={scope} className={cellClass(numeric, className)} {...rest} />;
}

/** A body cell. `label` is what stands before it where the table is stacked. */
export function Td({ numeric, label, className, ...rest }: ComponentProps<'td'> & CellProps & { label?: string }) {
  return <td data-label={label} className={cellClass(numeric, className)} {...rest} />;
}

/** What all cells look like is said once, in `app/parts.css`. */
function cellClass(numeric: boolean | undefined, className: string | undefined): string | undefined {
  return cn(numeric && 'num', className) || undefined;
}
