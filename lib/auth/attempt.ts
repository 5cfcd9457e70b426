import { readRecoveryCode } from './recovery-code.ts';

/** How often a guarded door may be knocked at: `points` within `seconds`, counted from the first. */
export type AttemptRule = { readonly name: string; readonly points: number; readonly seconds: number };

const MINUTES = 60;
const HOURS = 3_600;

/**
 * The guarded doors, by address of the network and by account. Sign-in counts what went wrong: a success gives its point
 * back. The account's bound is what stops a guesser with many addresses.
 */
export const RULES = {
  signInByAddress: { name: 'sign-in/address', points: 30, seconds: 15 * MINUTES },
  signInByAccount: { name: 'sign-in/account', points: 10, seconds: 15 * MINUTES },
  signUpByAddress: { name: 'sign-up/address', points: 40, seconds: HOURS },
  signUpByAccount: { name: 'sign-up/account', points: 5, seconds: HOURS },
  mailByAddress: { name: 'mail/address', points: 20, seconds: HOURS },
  mailByAccount: { name: 'mail/account', points: 4, seconds: HOURS },
  reportByAccount: { name: 'report/account', points: 10, seconds: 24 * HOURS },
  // Only whoever knows the password comes here, so nobody else can shut these doors; each of the two opens by itself.
  codeByAccount: { name: 'code/account', points: 5, seconds: 15 * MINUTES },
  recoveryByAccount: { name: 'recovery/account', points: 10, seconds: 15 * MINUTES },
  // Of a session that is signed in: a stranger with the password does not touch it.
  proofBySession: { name: 'proof/session', points: 8, seconds: 15 * MINUTES },
  exportByAccount: { name: 'export/account', points: 6, seconds: HOURS },
  linkByAddress: { name: 'link/address', points: 30, seconds: 15 * MINUTES },
} as const satisfies Record<string, AttemptRule>;

/** The door that a second step counts at: a recovery code has its own, so that guesses at the app's codes never shut it. */
export function codeAttempts(userId: string, code: string): { readonly rule: AttemptRule; readonly subject: string }[] {
  const rule = readRecoveryCode(code) === undefined ? RULES.codeByAccount : RULES.recoveryByAccount;
  return [{ rule, subject: userId }];
}

/** The wait in words a person reads: "40 seconds", "12 minutes". */
export function waitText(seconds: number): string {
  if (seconds <= 90) return `${Math.max(1, seconds)} second${seconds === 1 ? '' : 's'}`;
  return `${Math.ceil(seconds / 60)} minutes`;
}

/**
 * The address that shares one allowance: an IPv4 address whole, of an IPv6 address its /64, because one household has that
 * many. An IPv4 address written as IPv6 counts as IPv4.
 */
export function addressGroup(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.toLowerCase().split('%')[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const whole = [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${whole
    .slice(0, 4)
    .map((part) => part.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
