/** The accounts of a demo market, known to everybody. They exist only where demo is switched on. */
export const DEMO_PASSWORD = 'sublet-demo-2026';
export const DEMO_ACCOUNTS = [
  { email: 'renter@demo.sublet.test', name: 'Demo renter', can: 'has money in the wallet and can book at once' },
  { email: 'host@demo.sublet.test', name: 'Demo host', can: 'owns this machine and a few simulated ones' },
  { email: 'admin@demo.sublet.test', name: 'Demo admin', can: 'sees everybody; approves, suspends, refunds' },
] as const;
