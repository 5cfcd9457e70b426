'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';

type NavLinkProps = { href: string; children: ReactNode; className?: string };

/** A link of the shell that knows when one is in its part of the market. */
export function NavLink({ href, children, className = '' }: NavLinkProps) {
  const pathname = usePathname();
  const here = pathname === href || pathname.startsWith(`${href}/`);
  return (
    <Link href={href} aria-current={pathname === href ? 'page' : here ? 'true' : undefined} className={className}>
      {children}
    </Link>
  );
}
