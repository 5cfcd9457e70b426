import { readdirSync } from 'node:fs';

export type Who = 'guest' | 'renter' | 'host' | 'admin';

/** The address of every page as its folder says it: "/bookings/[id]/logs". */
export function everyPage(): string[] {
  return readdirSync('app', { recursive: true, encoding: 'utf8' })
    .filter((path) => /(^|\/)page\.tsx$/.test(path))
    .map((path) => path.split('/').slice(0, -1))
    .map((parts) => `/${parts.filter((part) => !/^\(.*\)$/.test(part)).join('/')}`)
    .sort();
}

/** Who opens a page: one whom it is for. */
export function whoOpens(page: string): Who {
  if (/^\/(sign-(in|up)|forgot|reset)/.test(page)) return 'guest';
  if (page.startsWith('/admin')) return 'admin';
  return page.startsWith('/host') ? 'host' : 'renter';
}

/** An address of a page: itself, or the first of the links that leads to such a one; undefined when none does. */
export function addressOf(page: string, links: ReadonlySet<string>): string | undefined {
  if (!page.includes('[')) return page;
  const pattern = new RegExp(`^${page.replaceAll(/\[\w+\]/g, '[^/]*\\d[^/]*')}$`);
  return [...links].find((link) => pattern.test(link));
}
