import { Inbox, Lock, Power, SearchX, Unplug } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from './cn.ts';

const ICONS = { first: Inbox, none: SearchX, off: Power, denied: Lock, error: Unplug };

type EmptyStateProps = {
  /** `first`: nothing yet. `none`: a search found nothing. `off`: what would be here does not run. `denied`: not yours to see. `error`: could not be read. */
  kind: keyof typeof ICONS;
  title: string;
  /** What it is for, which filter to relax, why not, or what was kept. */
  children?: ReactNode;
  action?: ReactNode;
  className?: string | undefined;
};

/** In place of a list that is empty: never blank, and always with a way on. */
export function EmptyState({ kind, title, children, action, className }: EmptyStateProps) {
  const Icon = ICONS[kind];
  return (
    <div className={cn('flex flex-col items-center px-4 py-12 text-center', className)}>
      <span className="mb-3 flex size-10 items-center justify-center rounded-lg border border-line border-dashed text-muted">
        <Icon aria-hidden className="size-5" />
      </span>
      <p className="font-semibold text-lg">{title}</p>
      {children && <div className="mt-1 max-w-[34rem] text-muted">{children}</div>}
      {action && <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
