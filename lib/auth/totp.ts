import { createHmac, timingSafeEqual } from 'node:crypto';

/** RFC 6238 with what every authenticator app takes: SHA-1, six digits, steps of 30 seconds. */
export const TOTP_STEP_SECONDS = 30;
export const TOTP_DIGITS = 6;
/** RFC 4226, section 4: a secret of the length of the hash. */
export const TOTP_SECRET_BYTES = 20;
/** How many steps a clock may be off, to either side. */
const DRIFT_STEPS = 1;

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Bytes as RFC 4648 base32 without padding: how apps take a secret. */
export function toBase32(bytes: Uint8Array): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** The steps of 30 seconds since 1970 at an instant. */
export function totpStep(now: Date): number {
  return Math.floor(now.getTime() / (TOTP_STEP_SECONDS * 1_000));
}

/** The code of one step: HOTP (RFC 4226, section 5.3) over the step. */
export function totpCode(secret: Uint8Array, step: number, digits: number = TOTP_DIGITS): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0xf;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits).padStart(digits, '0');
}

/** Six digits as somebody typed or pasted them, without what apps put between; undefined when it is no such code. */
export function readTotp(text: string): string | undefined {
  const code = text.normalize('NFKC').replace(/[\s-]/g, '');
  return /^\d{6}$/.test(code) ? code : undefined;
}

/**
 * The step that a code belongs to: the present one, the one before or after it; null when it fits none of them, or none
 * later than `after`, the last one that was taken. Compared in constant time.
 */
export function matchTotp(secret: Uint8Array, code: string, now: Date, after: number | null): number | null {
  const given = Buffer.from(code);
  let found: number | null = null;
  for (let step = totpStep(now) - DRIFT_STEPS; step <= totpStep(now) + DRIFT_STEPS; step += 1) {
    const right = Buffer.from(totpCode(secret, step));
    const same = given.length === right.length && timingSafeEqual(given, right);
    if (same && (after === null || step > after)) found ??= step;
  }
  return found;
}

/** The address that an app reads from the picture (Key Uri Format of Google Authenticator, which all others took over). */
export function totpUri(about: {
  readonly secret: Uint8Array;
  readonly email: string;
  readonly market: string;
}): string {
  const issuer = `Sublet ${about.market}`.replaceAll(':', ' ');
  const asked = new URLSearchParams({
    secret: toBase32(about.secret),
    issuer,
    algorithm: 'SHA1',
    digits: String(TOTP_DIGITS),
    period: String(TOTP_STEP_SECONDS),
  });
  // Some apps show a plus sign where a form's space stands.
  const query = asked.toString().replaceAll('+', '%20');
  return `otpauth://totp/${encodeURIComponent(issuer)}:${encodeURIComponent(about.email)}?${query}`;
}
