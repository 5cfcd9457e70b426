import type { ReactNode } from 'react';
import { cn } from './cn.ts';

type StatProps = { label: ReactNode; value: ReactNode; hint?: ReactNode };

/** One figure that matters. Put several into a Stats row. */
export function Stat({ label, value, hint }: StatProps) {
  return (
    <div className="flex min-w-0 flex-col gap-0.5 bg-surface px-3 py-3 sm:px-4 sm:py-3.5">
      <dt className="text-muted text-sm">{label}</dt>
      <dd className="tabular font-semibold text-lg sm:text-xl [overflow-wrap:anywhere]">{value}</dd>
      {hint && <dd className="text-muted text-xs">{hint}</dd>}
    </div>
  );
}

/** A framed row of Stat, which breaks into as many lines as it must: on a phone two stand side by side. */
export function Stats({ children, className }: { children: ReactNode; className?: string | undefined }) {
  return (
    <dl
      className={cn(
        'grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line max-sm:[&>:last-child:nth-child(odd)]:col-span-2 sm:grid-cols-[repeat(auto-fit,minmax(min(9.5rem,100%),1fr))]',
        className,
      )}
    >
      {children}
    </dl>
  );
}
