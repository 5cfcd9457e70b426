/** For whom an interruptible rental yields. */
export const YIELDS_FOR = {
  onDemand: 'Somebody booked the machine on demand.',
  reserved: 'Somebody has reserved the machine from then on.',
  outbid: 'Somebody bids more for the machine.',
  ownBid: 'Your bid is below its price.',
  windowEnd: 'The time for which the machine could be had is over.',
} as const;
export type YieldsFor = keyof typeof YIELDS_FOR;
