'use client';

import { type ReactNode, useEffect, useRef } from 'react';
import { cn } from './cn.ts';

type FollowBoxProps = {
  label: string;
  /** What is shown: whenever it is another, a box that follows goes to its end. */
  shown: unknown;
  /** Whether the end stays in sight. */
  follows: boolean;
  /** The reader scrolled away from the end of a box that follows. */
  onLeave: () => void;
  className?: string | undefined;
  children: ReactNode;
};

/** A box of a fixed height in which the newest stands last. It goes to its end by itself, until its reader scrolls up. */
export function FollowBox({ label, shown, follows, onLeave, className, children }: FollowBoxProps) {
  const box = useRef<HTMLElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever something else is shown
  useEffect(() => {
    if (follows) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [shown, follows]);

  return (
    <section
      ref={box}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
      tabIndex={0}
      onScroll={(event) => {
        if (!follows) return;
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
        if (scrollHeight - scrollTop - clientHeight >= 24) onLeave();
      }}
      className={cn(
        'relative overflow-auto border-line border-t bg-sunken px-4 py-3 font-mono text-xs leading-5 focus-visible:-outline-offset-2 sm:px-5',
        className,
      )}
    >
      {children}
    </section>
  );
}
