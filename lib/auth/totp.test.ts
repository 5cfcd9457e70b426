import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOfRecoveryCode, readRecoveryCode, recoveryCodeOf } from './recovery-code.ts';
import { matchTotp, readTotp, toBase32, totpCode, totpStep, totpUri } from './totp.ts';

// RFC 6238, appendix B, for SHA-1: "12345678901234567890" in ASCII, eight digits.
const RFC_SECRET = Buffer.from('12345678901234567890');
const RFC_VECTORS = [
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
] as const;
// RFC 4226, appendix D: the first ten codes of six digits.
const HOTP_VECTORS = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ');

const at = (seconds: number) => new Date(seconds * 1_000);
const secrets = fc.uint8Array({ minLength: 20, maxLength: 20 });
const seconds = fc.integer({ min: 1_600_000_000, max: 4_000_000_000 });

describe('a code of an authenticator app', () => {
  it.each(RFC_VECTORS)('is that of RFC 6238 at %i seconds', (time, code) => {
    expect(totpCode(RFC_SECRET, totpStep(at(time)), 8)).toBe(code);
  });

  it('is that of RFC 4226 for its first ten counters', () => {
    expect(HOTP_VECTORS.map((_, counter) => totpCode(RFC_SECRET, counter))).toEqual(HOTP_VECTORS);
  });

  it('is taken for the step before, the present and the next one, and for no other', () => {
    fc.assert(
      fc.property(secrets, seconds, fc.integer({ min: -6, max: 6 }), (secret, time, off) => {
        const step = totpStep(at(time)) + off;
        const found = matchTotp(secret, totpCode(secret, step), at(time), null);
        // Two steps may have one code by chance: then the earlier one is meant.
        if (Math.abs(off) <= 1) expect(found).not.toBeNull();
        else if (found !== null) expect(totpCode(secret, found)).toBe(totpCode(secret, step));
      }),
    );
  });

  it('is never taken twice, nor one that is older than the last one taken', () => {
    fc.assert(
      fc.property(secrets, seconds, (secret, time) => {
        const now = totpStep(at(time));
        const first = matchTotp(secret, totpCode(secret, now), at(time), null) ?? now;
        const again = matchTotp(secret, totpCode(secret, now), at(time), first);
        expect(again === null || again > first).toBe(true);
        expect(matchTotp(secret, totpCode(secret, now - 1), at(time), now + 1)).toBeNull();
      }),
    );
  });

  it('is read however it was pasted', () => {
    expect(readTotp(' 123 456\n')).toBe('123456');
    expect(readTotp('123-456')).toBe('123456');
    expect(readTotp('１２３４５６')).toBe('123456');
    for (const text of ['', '12345', '1234567', '12345a', 'abc']) expect(readTotp(text)).toBeUndefined();
  });

  it('is set up by an address that apps know', () => {
    // RFC 4648, section 10.
    expect(toBase32(Buffer.from('foobar'))).toBe('MZXW6YTBOI');
    const uri = new URL(totpUri({ secret: RFC_SECRET, email: 'ada+x@example.org', market: 'gpus.example' }));
    expect(uri.protocol).toBe('otpauth:');
    expect(decodeURIComponent(uri.pathname)).toBe('/Sublet gpus.example:ada+x@example.org');
    expect(uri.search).not.toContain('+');
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
      issuer: 'Sublet gpus.example',
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });
});

describe('a recovery code', () => {
  it('is read as it was shown, in capitals, without hyphens and with look-alike letters', () => {
    const code = recoveryCodeOf('0123456789abcdefghjk');
    expect(code).toBe('0123-4567-89ab-cdef');
    for (const text of [code, code.toUpperCase(), ' 0123 4567 89ab cdef ', 'OI23–4567–89ab–cdef', 'o l 23456789abcdef'])
      expect(readRecoveryCode(text)).toBe('0123456789abcdef');
    for (const text of ['', '123456', '0123-4567-89ab', '0123-4567-89ab-cdeu'])
      expect(readRecoveryCode(text)).toBeUndefined();
  });

  it('is stored as a hash that does not depend on how it was written', () => {
    expect(hashOfRecoveryCode('0123-4567-89ab-cdef')).toBe(hashOfRecoveryCode('0123456789abcdef'));
    expect(hashOfRecoveryCode('0123456789abcdef')).toMatch(/^[0-9a-f]{64}$/);
  });
});
