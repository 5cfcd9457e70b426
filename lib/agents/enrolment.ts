import { MACHINE_NAME_MAX } from '#lib/catalogue/machine.ts';

/** A code waits this long for its machine. */
export const ENROLMENT_CODE_MINUTES = 60;
/** Codes of one host that wait at the same time. */
export const OPEN_CODES_MAX = 50;

export type CodeState = 'waiting' | 'used' | 'expired';

export function codeState(code: { readonly usedAt: Date | null; readonly expiresAt: Date }, now: Date): CodeState {
  if (code.usedAt !== null) return 'used';
  return code.expiresAt.getTime() <= now.getTime() ? 'expired' : 'waiting';
}

/** What a machine is called until its host names it: its own name for itself, without what a name may not have. */
export function firstName(hostname: string): string {
  const plain = hostname
    .toWellFormed()
    .replace(/\p{Cc}/gu, ' ')
    .trim();
  return [...plain].slice(0, MACHINE_NAME_MAX).join('').trim() || 'Machine';
}
