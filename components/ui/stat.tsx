import type { ReactNode } from 'react';
import { cn } from './cn.ts';

type StatProps = { label: ReactNode; value: ReactNode; hint?: ReactNode };

/** One figure that matters. Put several into a Stats row. */
export function Stat({ label, value, hint }: StatProps) {
  return (
    <div className="flex min-w-0 flex-col gap-0.5 bg-surface px-4 py-3.5">
      <dt className="text-muted text-sm">{label}</dt>
      <dd className="tabular font-semibold text-xl [overflow-wrap:anywhere]">{value}</dd>
      {hint && <dd className="text-muted text-xs">{hint}</dd>}
    </div>
  );
}

/** A framed row of Stat, which breaks into as many lines as it must. */
export function Stats({ children, className }: { children: ReactNode; className?: string | undefined }) {
  return (
    <dl
      className={cn(
        'grid grid-cols-[repeat(auto-fit,minmax(min(9.5rem,100%),1fr))] gap-px overflow-hidden rounded-xl border border-line bg-line',
        className,
      )}
    >
      {children}
    </dl>
  );
}
