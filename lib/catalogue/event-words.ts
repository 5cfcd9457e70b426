const WORDS: Readonly<Record<string, string>> = {
  'machine.enrolled': 'Enrolled',
  'machine.connected': 'Its agent connected',
  'machine.described': 'Its specification changed',
  'machine.selfTested': 'Self-test run',
  'machine.silent': 'Went silent',
  'machine.back': 'Answers again',
  'machine.identityCopied': 'Two machines used its identity',
  'machine.identityCleared': 'The copied identity was cleared up',
  'machine.staffChecked': 'Checked by staff',
  'machine.retired': 'Retired',
  'machine.agentRemoved': 'Its agent was uninstalled',
  'machine.renamed': 'Name or place changed',
  'listing.saved': 'Terms saved',
  'listing.published': 'Published',
  'listing.withdrawn': 'Withdrawn',
  'listing.approved': 'Approved by staff',
  'listing.suspended': 'Listing suspended by staff',
  'listing.restored': 'Listing restored by staff',
  'renter.blocked': 'Renter blocked',
  'renter.unblocked': 'Renter unblocked',
  'booking.made': 'Booked',
  'booking.connectable': 'A rental is running',
  'booking.failed': 'A rental failed',
  'booking.stopAsked': 'Renter asked to stop',
  'booking.startAsked': 'Renter asked to start again',
  'booking.endAsked': 'End of a rental asked for',
  'booking.extended': 'A rental was extended',
  'booking.stopped': 'A rental stopped',
  'booking.ended': 'A rental ended',
  'booking.hostEnding': 'You gave notice',
  'booking.moneyRanOut': 'A renter’s money ran out',
  'booking.refunded': 'A rental was refunded',
};

/** What an event of a machine says to its host; undefined for what is not worth a line. */
export function machineEventWords(kind: string): string | undefined {
  return WORDS[kind];
}
