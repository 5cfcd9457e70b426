'use client';

import Link, { useLinkStatus } from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';

type NavLinkProps = {
  href: string;
  /** Other paths that belong to the same part. */
  also?: readonly string[] | undefined;
  children: ReactNode;
  className?: string;
};

/** A link of the shell: it knows when one is in its part of the market, and shows when one is on the way there. */
export function NavLink({ href, also = [], children, className = '' }: NavLinkProps) {
  const pathname = usePathname();
  const here = [href, ...also].some((path) => pathname === path || pathname.startsWith(`${path}/`));
  return (
    <Link
      href={href}
      aria-current={pathname === href ? 'page' : here ? 'true' : undefined}
      className={`relative ${className}`}
    >
      {children}
      <OnTheWay />
    </Link>
  );
}

/** A breathing line under a link whose page takes a moment. */
function OnTheWay() {
  const { pending } = useLinkStatus();
  return (
    pending && <span aria-hidden className="absolute inset-x-2.5 bottom-[-1px] h-0.5 animate-breathe bg-accent-line" />
  );
}
