import type { ReactNode } from 'react';

/** For screen readers only. Its parent must be positioned, or it widens a box that scrolls. */
export function VisuallyHidden({ children }: { children: ReactNode }) {
  return <span className="sr-only">{children}</span>;
}
