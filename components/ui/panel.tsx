'use client';

import { type ReactNode, useId } from 'react';
import { cn } from './cn.ts';

type PanelProps = {
  title?: ReactNode;
  /** What the landmark is called where several panels of a page may have the same title. */
  label?: string | undefined;
  /** One muted line below the title. */
  description?: ReactNode;
  /** Buttons or links at the right of the title. */
  actions?: ReactNode;
  footer?: ReactNode;
  /** Content reaches the edges: for tables and lists. */
  flush?: boolean | undefined;
  /** Rank of the title; 2 unless the panel stands inside another section. */
  level?: 2 | 3 | undefined;
  id?: string | undefined;
  className?: string | undefined;
  children?: ReactNode;
};

/** A framed part of a page, a landmark when it has a title. Drawn in the browser as well: a page has a dozen, and their frame would travel twice. */
export function Panel({
  title,
  label,
  description,
  actions,
  footer,
  flush,
  level = 2,
  id,
  className,
  children,
}: PanelProps) {
  const titleId = useId();
  const Heading = `h${level}` as const;
  const Frame = title ? 'section' : 'div';
  return (
    <Frame
      id={id}
      aria-label={title ? label : undefined}
      aria-labelledby={title && label === undefined ? titleId : undefined}
      // What is gone to stands clear of the way between parts that stays in sight.
      className={cn(
        'min-w-0 rounded-xl border border-line bg-surface',
        id !== undefined && 'sm:scroll-mt-8',
        className,
      )}
    >
      {(title || actions) && (
        <header
          className={cn(
            'flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-4 pt-3.5 sm:px-5',
            flush && 'pb-3.5',
          )}
        >
          <div className="min-w-0">
            {title && (
              <Heading id={titleId} className="font-semibold text-lg [overflow-wrap:anywhere]">
                {title}
              </Heading>
            )}
            {description && <p className="text-muted text-sm [overflow-wrap:anywhere]">{description}</p>}
          </div>
          {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </header>
      )}
      {children !== undefined && (
        <div className={flush ? '[&:first-child>*]:border-t-0' : 'px-4 py-4 sm:px-5'}>{children}</div>
      )}
      {footer && (
        <footer className="rounded-b-xl border-t bg-sunken px-4 py-3 text-muted text-sm sm:px-5">{footer}</footer>
      )}
    </Frame>
  );
}
