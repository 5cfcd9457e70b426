/** Below this a difference of clocks is the network's delay and nobody's business. */
export const DRIFT_TOLERATED_MS = 5_000;
const FARTHEST_MS = 2_147_483_647;

/** How far a machine's clock is ahead of ours (negative: behind), as it fits the database. */
export function clockDriftMs(theirs: Date, ours: Date): number {
  return Math.max(-FARTHEST_MS, Math.min(FARTHEST_MS, theirs.getTime() - ours.getTime()));
}

/** What the machine's owner should know about its clock, or null. */
export function driftMessage(driftMs: number): string | null {
  const seconds = Math.round(Math.abs(driftMs) / 1_000);
  if (Math.abs(driftMs) < DRIFT_TOLERATED_MS) return null;
  const direction = driftMs > 0 ? 'ahead of' : 'behind';
  return `The clock of this machine is ${seconds} s ${direction} the market's. Set it by NTP, for example: timedatectl set-ntp true.`;
}
