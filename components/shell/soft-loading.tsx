'use client';

import { usePathname } from 'next/navigation';
import { type ReactNode, Suspense, useEffect, useState } from 'react';
import { PageSkeleton, shapeOf } from './page-skeleton.tsx';

/** Whether the document has come to life: pages that are opened from then on come piece by piece. */
let alive = false;

/**
 * Shows the next page's shape at once while its content is on the way. Only for pages that are come to from another page: a
 * document that is opened directly arrives whole, with its status, for whom scripts are off, too. Used as `template.tsx`.
 */
export function SoftLoading({ children }: { children: ReactNode }) {
  const [soft] = useState(() => alive);
  const pathname = usePathname();
  useEffect(() => {
    alive = true;
  }, []);
  return soft ? <Suspense fallback={<PageSkeleton shape={shapeOf(pathname)} />}>{children}</Suspense> : children;
}
