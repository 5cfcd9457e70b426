import { secondsBetween } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';

/** An agent answers at least every 10 s. After this much silence, within two such spans, its machine is late: shown so, still bookable. */
export const LATE_AFTER_SECONDS = 19;
/** After this much silence a machine is offline: nothing new is booked on it, and its silence counts against its reliability. */
export const OFFLINE_AFTER_SECONDS = 120;

export const HEALTHS = ['online', 'late', 'offline'] as const;
export type Health = (typeof HEALTHS)[number];

/** From silence to a state. A machine that never answered is offline. */
export function machineHealth(lastSyncAt: Date | null, now: Date): Health {
  if (lastSyncAt === null) return 'offline';
  const silentSeconds = secondsBetween(lastSyncAt, now);
  if (silentSeconds >= OFFLINE_AFTER_SECONDS) return 'offline';
  return silentSeconds >= LATE_AFTER_SECONDS ? 'late' : 'online';
}

export const TRUST_TIERS = ['new', 'selfTested', 'checkedByStaff'] as const;
export type TrustTier = (typeof TRUST_TIERS)[number];

export const TRUST_TIER_LABELS: Record<TrustTier, string> = {
  new: 'New',
  selfTested: 'Self-tested',
  checkedByStaff: 'Checked by staff',
};

/** The least that somebody wants to have been checked, as a choice. */
export const LEAST_TRUST_LABELS: Record<TrustTier, string> = {
  new: 'Unverified machines too',
  selfTested: 'Self-tested or better',
  checkedByStaff: 'Checked by staff',
};

export const TRUST_TIER_MEANINGS: Record<TrustTier, string> = {
  new: 'Nothing was checked yet, or the last self-test failed.',
  selfTested: "The agent's self-test passed: its checks are shown.",
  checkedByStaff: 'The self-test passed, and a person of this market looked at the machine.',
};

/** What was checked of a machine. A self-test that fails takes every tier away until it passes again. */
export function trustTier(machine: {
  readonly selfTestPassed: boolean;
  readonly staffCheckedAt: Date | null;
}): TrustTier {
  if (!machine.selfTestPassed) return 'new';
  return machine.staffCheckedAt === null ? 'selfTested' : 'checkedByStaff';
}

/** What decides whether a machine can run a rental now. */
export type MachineFacts = {
  readonly lastSyncAt: Date | null;
  readonly identityCopiedAt: Date | null;
  readonly retiredAt: Date | null;
  /** Whether its specification has a container runtime. */
  readonly hasDocker: boolean;
  /** GPUs that are in it now. */
  readonly gpuCount: number;
};

/** Why nothing can be booked on this machine now, whatever its listing says. */
export function whyNotReady(machine: MachineFacts, now: Date): WhyNot | null {
  if (machine.retiredAt !== null) return { reason: 'listingGone', sentence: 'This machine left the market.' };
  if (machine.identityCopiedAt !== null)
    return {
      reason: 'machineNotReady',
      sentence: 'Two machines use the identity of this one. Its host must enrol one of them anew.',
    };
  if (machine.gpuCount === 0) return { reason: 'machineNotReady', sentence: 'This machine reports no GPU.' };
  if (!machine.hasDocker)
    return { reason: 'machineNotReady', sentence: 'Docker does not run on this machine, so it cannot run a rental.' };
  if (machineHealth(machine.lastSyncAt, now) === 'offline')
    return { reason: 'machineNotReady', sentence: 'This machine is offline: its agent does not answer.' };
  return null;
}

export const MACHINE_NAME_MAX = 80;

/** What is wrong with a name for a machine, as a sentence, or null. Any script and emoji may stand in it, no control characters. */
export function machineNameProblem(name: string): string | null {
  const trimmed = name.trim();
  if (trimmed === '') return 'Give the machine a name.';
  if ([...trimmed].length > MACHINE_NAME_MAX) return `A name has at most ${MACHINE_NAME_MAX} characters.`;
  return /\p{Cc}/u.test(trimmed) ? 'A name has no control characters.' : null;
}

/** Why a machine cannot be retired: what runs on it ends first. */
export function whyNotRetire(machine: {
  readonly retiredAt: Date | null;
  readonly openBookings: number;
}): WhyNot | null {
  if (machine.retiredAt !== null) return { reason: 'notNow', sentence: 'This machine is retired already.' };
  if (machine.openBookings > 0)
    return { reason: 'notNow', sentence: 'Something is still rented on this machine. End those rentals first.' };
  return null;
}

/** Why staff cannot mark a machine as checked. */
export function whyNotStaffCheck(machine: {
  readonly retiredAt: Date | null;
  readonly selfTestPassed: boolean;
}): WhyNot | null {
  if (machine.retiredAt !== null) return { reason: 'notNow', sentence: 'This machine is retired.' };
  if (!machine.selfTestPassed)
    return { reason: 'notNow', sentence: 'Its self-test has not passed. A machine is checked after that.' };
  return null;
}
