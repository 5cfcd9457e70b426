'use client';

import type { ReactNode } from 'react';
import { cn } from './cn.ts';

export type Fact = { label: ReactNode; value: ReactNode; hint?: ReactNode };
export type FactGroup = { title: string; facts: readonly Fact[] };

/** Label and value, line by line, the values right-aligned and tabular. Drawn in the browser as well: there are dozens on a page, and labels alone travel. */
export function FactList({ facts, className }: { facts: readonly Fact[]; className?: string | undefined }) {
  return (
    <dl className={cn('divide-y divide-line text-sm', className)}>
      {facts.map((fact, index) => (
        <div key={index} className="flex items-baseline justify-between gap-4 py-1.5">
          <dt className="max-w-2/3 shrink-0 text-muted">{fact.label}</dt>
          <dd className="tabular min-w-0 text-right [overflow-wrap:anywhere]">
            {fact.value}
            {fact.hint && <span className="block text-muted text-xs">{fact.hint}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Facts under short headings (Compute, Host, Terms), in as many columns as there is room for. */
export function FactGroups({ groups, className }: { groups: readonly FactGroup[]; className?: string | undefined }) {
  return (
    <div className={cn('grid grid-cols-[repeat(auto-fit,minmax(min(15rem,100%),1fr))] gap-x-8 gap-y-5', className)}>
      {groups.map((group) => (
        <div key={group.title} className="min-w-0">
          <h3 className="border-line border-b pb-1 font-semibold text-sm">{group.title}</h3>
          <FactList facts={group.facts} />
        </div>
      ))}
    </div>
  );
}
