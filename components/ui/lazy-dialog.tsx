'use client';

import { type ComponentProps, lazy, Suspense, useState } from 'react';
import type { Dialog } from './dialog.tsx';

/** Begins to fetch what a dialog is made of: for a button that is pointed at. */
export const fetchDialog = () => import('./dialog.tsx');

const Fetched = lazy(async () => ({ default: (await fetchDialog()).Dialog }));

type LazyDialogProps = Omit<ComponentProps<typeof Dialog>, 'trigger' | 'variant' | 'size' | 'open'> & { open: boolean };

/** A Dialog that is opened from elsewhere, and fetched when it is opened first: it weighs a fifth of a page. */
export function LazyDialog(props: LazyDialogProps) {
  const [wanted, setWanted] = useState(props.open);
  if (props.open && !wanted) setWanted(true);
  if (!wanted) return null;
  return (
    <Suspense>
      <Fetched {...props} />
    </Suspense>
  );
}
