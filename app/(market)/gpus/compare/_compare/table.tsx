import { Star, X } from 'lucide-react';
import Link from 'next/link';
import { Td, Th } from '#components/ui/cells.tsx';
import { cn } from '#components/ui/cn.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Table } from '#components/ui/table.tsx';
import type { CompareRow } from '#lib/catalogue/compare.ts';

export type Column = {
  readonly listingId: string;
  readonly name: string;
  readonly machineName: string;
  readonly removeHref: string;
  /** Brings it to the front: on a phone two are shown. */
  readonly firstHref: string | null;
  readonly bookHref: string;
  /** Why it cannot be booked by the viewer now. */
  readonly whyNotBookable: string | null;
};

/** A phone has room for two. */
const narrow = (index: number) => (index >= 2 ? 'max-sm:hidden' : undefined);

/** Offers as columns, facts as rows: a fact in which they differ is marked, and so is the best of it. */
export function CompareTable({ columns, rows }: { columns: readonly Column[]; rows: readonly CompareRow[] }) {
  return (
    <Table caption="Offers compared" maxHeight="80vh">
      <thead>
        <tr>
          <Th>
            <span className="sr-only">Fact</span>
          </Th>
          {columns.map((column, index) => (
            <Th key={column.listingId} className={cn('min-w-32 py-2 align-top', narrow(index))}>
              <Link
                href={`/gpus/${column.listingId}`}
                className="link inline-flex min-h-6 items-center whitespace-normal text-ink text-sm"
              >
                {column.name}
              </Link>
              <span className="block max-w-40 truncate font-normal">{column.machineName}</span>
              <Link
                href={column.removeHref}
                className="inline-flex min-h-6 items-center gap-1 font-normal hover:text-ink"
              >
                <X aria-hidden className="size-3" />
                Remove<span className="sr-only"> {column.name}</span>
              </Link>
              <span className="block whitespace-normal font-normal">
                {column.whyNotBookable === null ? (
                  <LinkButton href={column.bookHref} size="sm" variant="primary" className="mt-1">
                    Book<span className="sr-only"> {column.name}</span>
                  </LinkButton>
                ) : (
                  column.whyNotBookable
                )}
              </span>
            </Th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ label, values, differs, best }) => (
          <tr key={label}>
            <Th scope="row" className={cn('whitespace-normal', !differs && 'font-normal text-muted')}>
              {label}
              {differs && <span className="sr-only"> (differs)</span>}
            </Th>
            {values.map((value, index) => (
              <Td
                key={columns[index]?.listingId}
                className={cn('tabular [overflow-wrap:anywhere]', differs ? 'bg-sunken' : 'text-muted', narrow(index))}
              >
                {best[index] ? (
                  <span className="inline-flex items-center gap-1 font-medium text-good-ink">
                    <Star aria-hidden className="size-3 shrink-0" />
                    {value}
                    <span className="sr-only"> (best)</span>
                  </span>
                ) : (
                  value
                )}
              </Td>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
