import Link from 'next/link';
import type { ReactNode } from 'react';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';

export type ListedRow = {
  readonly id: string;
  readonly href?: string | undefined;
  readonly title: ReactNode;
  readonly line?: ReactNode;
  readonly at: Date;
  readonly aside?: ReactNode;
};

/** A short list of things of one person; says so when there is none. */
export function RowList({
  id,
  title,
  rows,
  none,
  all,
}: {
  /** Where the page is gone to. */
  id?: string | undefined;
  title: string;
  rows: readonly ListedRow[];
  none: string;
  all?: string | undefined;
}) {
  return (
    <Panel
      id={id}
      title={title}
      flush
      actions={
        all !== undefined && rows.length > 0 ? (
          <Link className="link inline-flex min-h-6 items-center text-sm" href={all} prefetch={false}>
            All
          </Link>
        ) : undefined
      }
    >
      {rows.length === 0 ? (
        <p className="px-4 pb-4 text-muted text-sm sm:px-5">{none}</p>
      ) : (
        <ul className="divide-y divide-line border-line border-t text-sm">
          {rows.map((row) => (
            <li key={row.id} className="flex items-baseline justify-between gap-4 px-4 py-2 sm:px-5">
              <span className="min-w-0 [overflow-wrap:anywhere]">
                {row.href === undefined ? (
                  row.title
                ) : (
                  <Link className="link inline-flex min-h-6 items-center" href={row.href} prefetch={false}>
                    {row.title}
                  </Link>
                )}
                {row.line !== undefined && <span className="block text-muted">{row.line}</span>}
              </span>
              <span className="tabular shrink-0 text-right">
                {row.aside}
                <TimeAgo at={row.at} className="block text-muted text-xs" />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
