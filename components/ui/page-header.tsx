import type { ReactNode } from 'react';
import { Breadcrumbs, type Crumb } from './breadcrumbs.tsx';
import { cn } from './cn.ts';

type PageHeaderProps = {
  title: ReactNode;
  /** The way up, without the page itself. */
  trail?: readonly Crumb[] | undefined;
  /** Badges on the line of the title. */
  badges?: ReactNode;
  /** One or two muted sentences or facts below the title. */
  lede?: ReactNode;
  /** What can be done with the whole page; the primary button first. */
  actions?: ReactNode;
  className?: string | undefined;
};

/** The head of every page: where it stands, its one h1 (focused after navigation), and what can be done. */
export function PageHeader({ title, trail, badges, lede, actions, className }: PageHeaderProps) {
  return (
    <header className={cn('mb-6 space-y-1', className)}>
      {trail && <Breadcrumbs trail={trail} />}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 space-y-1">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 tabIndex={-1} className="min-w-0 font-semibold text-2xl [overflow-wrap:anywhere]">
              {title}
            </h1>
            {badges}
          </div>
          {lede && <div className="max-w-[44rem] text-muted [overflow-wrap:anywhere]">{lede}</div>}
        </div>
        {/* Marked, so that "Jump to" can offer what the page offers. */}
        {actions && (
          <div data-page-deeds className="flex flex-wrap items-start gap-2">
            {actions}
          </div>
        )}
      </div>
    </header>
  );
}
