'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';

const PARTS = [
  ['/account', 'Profile'],
  ['/account/security', 'Security'],
  ['/account/keys', 'SSH keys'],
  ['/account/tokens', 'API tokens'],
  ['/account/notices', 'Notices'],
  ['/account/appearance', 'Appearance'],
  ['/account/shortcuts', 'Shortcuts'],
  ['/account/data', 'Your data'],
] as const;

/** The parts of the settings, each with its own address. */
export function SettingsNav() {
  const here = usePathname();
  return (
    <nav aria-label="Settings" className="lg:sticky lg:top-20">
      <ul className="-mx-2.5 flex flex-wrap gap-0.5 lg:flex-col">
        {PARTS.map(([href, label]) => (
          <li key={href}>
            <Link
              href={href}
              aria-current={here === href ? 'page' : undefined}
              className="flex min-h-9 items-center rounded-md px-2.5 font-medium text-muted hover:bg-hover hover:text-ink aria-[current]:bg-accent-soft aria-[current]:text-accent-ink"
            >
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
