import Link from 'next/link';
import type { ReactNode } from 'react';
import { cn } from './cn.ts';

export type TabLink = { href: string; label: ReactNode; current?: boolean | undefined; count?: ReactNode };

/** Parts of one thing, each with its own address. `label` names the group: "Booking". */
export function Tabs({
  label,
  tabs,
  className,
}: {
  label: string;
  tabs: readonly TabLink[];
  className?: string | undefined;
}) {
  return (
    <nav aria-label={label} className={cn('relative border-line border-b', className)}>
      <ul className="flex flex-wrap gap-x-1">
        {tabs.map((tab) => (
          <li key={tab.href}>
            <Link
              href={tab.href}
              aria-current={tab.current ? 'page' : undefined}
              className={cn(
                '-mb-px flex h-10 items-center gap-1.5 whitespace-nowrap border-b-2 px-2.5 font-medium focus-visible:-outline-offset-2',
                tab.current ? 'border-accent text-ink' : 'border-transparent text-muted hover:text-ink',
              )}
            >
              {tab.label}
              {tab.count !== undefined && (
                <span className="tabular rounded-sm bg-hover px-1.5 text-muted text-xs">{tab.count}</span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
