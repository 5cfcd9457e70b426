export type NavItem = { href: string; label: string };

/** The parts of the market that a viewer sees in the header. */
export function navItems(viewer: { role: 'member' | 'admin' } | null): readonly NavItem[] {
  const open = [
    { href: '/gpus', label: 'Rent GPUs' },
    { href: '/host', label: 'Host' },
  ];
  if (viewer === null) return open;
  const member = [
    { href: '/gpus', label: 'Rent GPUs' },
    { href: '/bookings', label: 'My bookings' },
    { href: '/jobs', label: 'Jobs' },
    { href: '/host', label: 'Host' },
    { href: '/wallet', label: 'Wallet' },
  ];
  return viewer.role === 'admin' ? [...member, { href: '/admin', label: 'Admin' }] : member;
}
