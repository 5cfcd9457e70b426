/** G, then one of these letters, goes to a page. For whoever is signed in: they can switch it off (WCAG 2.1.4). */
const GO: readonly { readonly key: string; readonly href: string; readonly label: string; readonly staff?: true }[] = [
  { key: 's', href: '/gpus', label: 'the search of GPUs' },
  { key: 'b', href: '/bookings', label: 'your bookings' },
  { key: 'j', href: '/jobs', label: 'your jobs' },
  { key: 'w', href: '/wallet', label: 'your wallet' },
  { key: 'm', href: '/messages', label: 'your messages' },
  { key: 'n', href: '/notices', label: 'your notices' },
  { key: 'h', href: '/host', label: 'your machines' },
  { key: 'e', href: '/host/earnings', label: 'your earnings' },
  { key: 'a', href: '/account', label: 'your account' },
  { key: 'd', href: '/admin', label: 'the desk', staff: true },
];

type Role = 'member' | 'admin';

function keysOf(role: Role) {
  return GO.filter(({ staff }) => staff !== true || role === 'admin');
}

/** Where a letter leads after G, for this viewer; null: nowhere. */
export function goHref(key: string, role: Role): string | null {
  return keysOf(role).find((go) => go.key === key.toLowerCase())?.href ?? null;
}

/** The same as lines of the list of shortcuts. */
export function goShortcuts(role: Role) {
  return keysOf(role).map(({ key, label }) => ({
    keys: ['G', key.toUpperCase()],
    does: `Go to ${label}`,
    where: 'one after the other, outside of fields',
  }));
}
