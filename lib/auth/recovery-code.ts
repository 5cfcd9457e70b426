import { hashOfSecret } from './secret.ts';

/** So many are made at once; new ones replace all before. */
export const RECOVERY_CODES = 10;
const LETTERS = 16;

/** A code as people copy it: 80 random bits in four groups of four. `secret` is from `newSecret`. */
export function recoveryCodeOf(secret: string): string {
  return (secret.slice(0, LETTERS).match(/.{4}/g) ?? []).join('-');
}

/**
 * A recovery code as somebody typed it, without spaces and hyphens; letters that are never used stand for the digits they
 * look like. Undefined when it cannot be one.
 */
export function readRecoveryCode(text: string): string | undefined {
  const code = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\u2010-\u2015-]/g, '')
    .replaceAll('o', '0')
    .replace(/[il]/g, '1');
  return /^[0-9a-hjkmnp-tv-z]{16}$/.test(code) ? code : undefined;
}

/** What is stored of a code: 80 random bits need no salt. */
export function hashOfRecoveryCode(code: string): string {
  return hashOfSecret(`recovery:${code.replaceAll('-', '')}`);
}
