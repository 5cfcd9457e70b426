export type NavItem = {
  href: string;
  label: string;
  /** Other paths that belong to this part. */
  also?: readonly string[];
};

/** The parts of the market that a viewer sees in the header. */
export function navItems(role: 'member' | 'admin' | null): readonly NavItem[] {
  const open: readonly NavItem[] = [
    { href: '/gpus', label: 'Rent GPUs', also: ['/interruptible'] },
    { href: '/host', label: 'Host' },
  ];
  if (role === null) return open;
  const member: readonly NavItem[] = [
    { href: '/gpus', label: 'Rent GPUs', also: ['/interruptible'] },
    { href: '/bookings', label: 'My bookings', also: ['/requests', '/bids', '/searches'] },
    { href: '/jobs', label: 'Jobs' },
    { href: '/host', label: 'Host' },
    { href: '/wallet', label: 'Wallet' },
  ];
  return role === 'admin' ? [...member, { href: '/admin', label: 'Admin' }] : member;
}
