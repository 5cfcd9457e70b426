'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { LinkButton } from '#components/ui/link-button.tsx';
import { DropPanel } from './drop-panel.tsx';
import { Jump } from './jump.tsx';
import { type NavItem, navItems } from './nav-items.ts';
import { NavLink } from './nav-link.tsx';

const TAB =
  'flex h-14 items-center px-2.5 font-medium text-muted hover:text-ink aria-[current]:text-ink aria-[current]:after:absolute aria-[current]:after:inset-x-2.5 aria-[current]:after:bottom-[-1px] aria-[current]:after:h-0.5 aria-[current]:after:bg-accent';
const ROW =
  'flex min-h-10 items-center rounded-sm px-2.5 font-medium hover:bg-hover aria-[current]:bg-accent-soft aria-[current]:text-accent-ink';

const ENTRANCE: readonly NavItem[] = [
  { href: '/sign-in', label: 'Sign in' },
  { href: '/sign-up', label: 'Sign up' },
];

type SiteHeaderProps = {
  /** What whoever looks is; null for a guest. */
  role: 'member' | 'admin' | null;
  /** The name of the market as it is drawn, and what stands at the end for whoever is signed in: made by the server. */
  wordmark: ReactNode;
  account: ReactNode;
};

/**
 * The head of every page. Drawn in the browser as well: as a description of its elements it would weigh more there than as what
 * it differs by.
 */
export function SiteHeader({ role, wordmark, account }: SiteHeaderProps) {
  const items = navItems(role);
  return (
    <header className="sticky top-0 z-20 border-line border-b bg-surface">
      <div className="page flex h-14 items-center gap-1">
        <DropPanel
          label="Menu"
          className="-ml-2 md:hidden"
          buttonClassName="sign sign-menu inline-flex size-9 before:size-5 items-center justify-center rounded-md hover:bg-hover"
          panelClassName="left-0 w-[min(18rem,calc(100vw-1.5rem))]"
        >
          <nav aria-label="Market, in the menu">
            <ul>
              {[...items, ...(role === null ? ENTRANCE : [])].map((item) => (
                <li key={item.href}>
                  <NavLink href={item.href} also={item.also} className={ROW}>
                    {item.label}
                  </NavLink>
                </li>
              ))}
            </ul>
          </nav>
        </DropPanel>
        <Link href="/" aria-label="Sublet, to the front page" className="-ml-1 mr-4 flex h-9 items-center rounded-sm">
          {wordmark}
        </Link>
        <nav aria-label="Market" className="hidden md:block">
          <ul className="flex">
            {items.map((item) => (
              <li key={item.href}>
                <NavLink href={item.href} also={item.also} className={TAB}>
                  {item.label}
                </NavLink>
              </li>
            ))}
          </ul>
        </nav>
        <div className="ml-auto flex items-center gap-1">
          <Jump role={role} />
          {role === null ? (
            <>
              <LinkButton href="/sign-in" variant="ghost" className="px-2.5">
                Sign in
              </LinkButton>
              <LinkButton href="/sign-up" variant="primary" className="max-[23rem]:hidden">
                Sign up
              </LinkButton>
            </>
          ) : (
            account
          )}
        </div>
      </div>
    </header>
  );
}
