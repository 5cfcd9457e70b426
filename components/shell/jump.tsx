'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { lazy, type MouseEvent, Suspense, useEffect, useState } from 'react';
import { Kbd } from '#components/ui/kbd.tsx';
import { isAfterGo, isPlainKey, shortcutsAreOff } from './shortcuts.ts';

/** Fetched when it is opened first: nobody waits for it who does not use it. */
const JumpDialog = lazy(() => import('./jump-dialog.tsx'));

/** The way to "Jump to": by a press, by Ctrl K or ⌘ K, and without script as a page of links. G and a letter go to a page at once. */
export function Jump({ role }: { role: 'member' | 'admin' | null }) {
  const router = useRouter();
  const [wanted, setWanted] = useState(false);
  const [open, setOpen] = useState(false);

  useEffect(() => {
    let goAt: number | null = null;
    const go = async (letter: string, as: 'member' | 'admin') => {
      const href = (await import('./go-keys.ts')).goHref(letter, as);
      if (href !== null) router.push(href);
    };
    const onKey = (event: KeyboardEvent) => {
      if (shortcutsAreOff()) return;
      if (role !== null && isPlainKey(event)) {
        const letter = isAfterGo(goAt, event.timeStamp) ? event.key : null;
        goAt = letter === null && event.key.toLowerCase() === 'g' ? event.timeStamp : null;
        if (letter !== null) void go(letter, role);
      }
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey)
        return;
      event.preventDefault();
      setWanted(true);
      setOpen((before) => !before);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [role, router]);

  const onClick = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    setWanted(true);
    setOpen(true);
  };
  return (
    <>
      <Link
        href="/jump"
        prefetch={false}
        onClick={onClick}
        aria-label="Jump to a page, Ctrl K"
        aria-keyshortcuts="Control+K Meta+K"
        className="sign sign-search inline-flex h-9 items-center gap-2 rounded-md px-2 text-muted before:size-4.5 hover:bg-hover hover:text-ink"
      >
        <span className="hidden items-center gap-0.5 xl:flex">
          <Kbd>Ctrl</Kbd> <Kbd>K</Kbd>
        </span>
      </Link>
      {wanted && (
        <Suspense>
          <JumpDialog role={role} open={open} onOpenChange={setOpen} />
        </Suspense>
      )}
    </>
  );
}
