'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import type { KeyboardEvent } from 'react';
import { shortcutsAreOff } from '#components/shell/shortcuts.ts';
import { Badge } from '#components/ui/badge.tsx';
import { cn } from '#components/ui/cn.ts';
import { TickingAgo } from '#components/ui/ticking.tsx';

export type ListedCase = {
  readonly id: string;
  readonly href: string;
  readonly title: string;
  readonly line: string;
  readonly since: string;
  readonly late: boolean;
  /** Who has it: a name, or "you". */
  readonly claimedBy: string | null;
  readonly claimedAt: string | null;
  readonly current: boolean;
};

/**
 * The cases of a queue. J and K go down and up while the list has focus, and only then (WCAG 2.1.4); each is a link, so the
 * list works without scripts and by Tab and Enter too.
 */
export function CaseList({ cases, label, now }: { cases: readonly ListedCase[]; label: string; now: string }) {
  const router = useRouter();

  function onKeyDown(event: KeyboardEvent<HTMLUListElement>) {
    const step = event.key === 'j' || event.key === 'J' ? 1 : event.key === 'k' || event.key === 'K' ? -1 : 0;
    if (step === 0 || shortcutsAreOff() || event.ctrlKey || event.metaKey || event.altKey) return;
    const links = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>('a[data-case]')];
    const focused = links.indexOf(document.activeElement as HTMLAnchorElement);
    const current = focused >= 0 ? focused : cases.findIndex((each) => each.current);
    const next = links[current + step];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
    router.replace(next.getAttribute('href') ?? '', { scroll: false });
  }

  return (
    <ul aria-label={label} onKeyDown={onKeyDown} className="divide-y divide-line">
      {cases.map((each) => (
        <li key={each.id}>
          <Link
            data-case={each.id}
            href={each.href}
            scroll={false}
            prefetch={false}
            aria-current={each.current ? 'true' : undefined}
            className={cn(
              'block border-l-2 px-4 py-2.5 text-sm focus-visible:-outline-offset-2',
              each.current ? 'border-accent bg-accent-soft' : 'border-transparent hover:bg-hover',
            )}
          >
            <span className="flex items-baseline justify-between gap-3">
              <span className="min-w-0 font-medium [overflow-wrap:anywhere]">{each.title}</span>
              <TickingAgo at={each.since} first={new Date(now)} className="shrink-0 text-muted text-xs" />
            </span>
            <span className="block text-muted [overflow-wrap:anywhere]">{each.line}</span>
            {(each.late || each.claimedBy !== null) && (
              <span className="mt-1 flex flex-wrap gap-1">
                {each.late && <Badge tone="bad">past its deadline</Badge>}
                {each.claimedBy !== null && (
                  <Badge tone={each.claimedBy === 'you' ? 'accent' : 'info'}>
                    <span className="truncate">
                      {each.claimedBy === 'you' ? 'yours' : each.claimedBy}
                      {each.claimedAt !== null && (
                        <>
                          , since <TickingAgo at={each.claimedAt} first={new Date(now)} className="" />
                        </>
                      )}
                    </span>
                  </Badge>
                )}
              </span>
            )}
          </Link>
        </li>
      ))}
    </ul>
  );
}
