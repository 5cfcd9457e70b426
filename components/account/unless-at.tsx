'use client';

import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';

/** What stands on every page but these. */
export function UnlessAt({
  paths,
  instead = null,
  children,
}: {
  paths: readonly string[];
  instead?: ReactNode;
  children: ReactNode;
}) {
  return paths.includes(usePathname()) ? instead : children;
}
