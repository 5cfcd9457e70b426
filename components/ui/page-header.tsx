import type { ReactNode } from 'react';
import { Breadcrumbs, type Crumb } from './breadcrumbs.tsx';
import { cn } from './cn.ts';
import { Hint } from './hint.tsx';

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

/** Titles of as many letters stand whole on every screen that is wider than a phone. */
const WHOLE = 90;

/** A name can be as long as its owner likes: a long one takes two lines (three on a phone), and is whole on hover and focus. */
function Title({ title }: Pick<PageHeaderProps, 'title'>) {
  const long = typeof title === 'string' && title.length > WHOLE;
  const heading = (
    <h1
      tabIndex={-1}
      className={cn('min-w-0 font-semibold text-2xl [overflow-wrap:anywhere]', long && 'line-clamp-3 sm:line-clamp-2')}
    >
      {title}
    </h1>
  );
  return long ? <Hint text={title}>{heading}</Hint> : heading;
}

/** The head of every page: where it stands, its one h1 (focused after navigation), and what can be done. */
export function PageHeader({ title, trail, badges, lede, actions, className }: PageHeaderProps) {
  return (
    <header className={cn('mb-6 space-y-1', className)}>
      {trail && <Breadcrumbs trail={trail} />}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 space-y-1">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <Title title={title} />
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
