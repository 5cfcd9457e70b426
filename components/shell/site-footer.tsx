'use client';

import Link from 'next/link';
import { Mark } from './mark.tsx';
import { type KeepTheme, ThemeSwitch } from './theme-switch.tsx';

const LINKS = [
  ['/gpus', 'Rent GPUs'],
  ['/host', 'Host a machine'],
  ['/reliability', 'How reliability is measured'],
  ['/log', 'Public log'],
  ['/api/v1/openapi.json', 'API'],
  ['/terms', 'Terms'],
] as const;

const LOOK = 'inline-block min-w-6 leading-6 hover:text-ink hover:underline';

/** The foot of every page, drawn in the browser as well, as its head is. */
export function SiteFooter({ keepTheme }: { keepTheme: KeepTheme | undefined }) {
  return (
    <footer className="mt-16 border-line border-t">
      <div className="page flex flex-wrap items-center justify-between gap-x-8 gap-y-4 py-6 text-muted text-sm">
        <p className="flex items-center gap-2">
          <Mark className="size-4 text-ink" />
          Sublet, an open-source market for GPUs
        </p>
        <nav aria-label="Foot of the page">
          <ul className="flex flex-wrap gap-x-5 gap-y-1">
            {LINKS.map(([href, label]) => (
              <li key={href}>
                {href.startsWith('/api/') ? (
                  // No page of this site: the browser goes there itself.
                  <a href={href} className={LOOK}>
                    {label}
                  </a>
                ) : (
                  <Link href={href} prefetch={false} className={LOOK}>
                    {label}
                  </Link>
                )}
              </li>
            ))}
          </ul>
        </nav>
        <ThemeSwitch keep={keepTheme} />
      </div>
    </footer>
  );
}
