import { describe, expect, it } from 'vitest';
import { newSigningKey, rawPublicKey, signPayload, verifySigned } from './keys.ts';
import { DOMAINS } from './words.ts';

describe('a signature', () => {
  const key = newSigningKey();
  const signed = signPayload(DOMAINS.statement, '{"a":1}', key);

  it('holds for its text, its domain and its key only', () => {
    expect(verifySigned(DOMAINS.statement, signed, rawPublicKey(key))).toBe(true);
    expect(verifySigned(DOMAINS.lease, signed, rawPublicKey(key))).toBe(false);
    expect(verifySigned(DOMAINS.statement, { ...signed, payload: '{"a":2}' }, rawPublicKey(key))).toBe(false);
    expect(verifySigned(DOMAINS.statement, signed, rawPublicKey(newSigningKey()))).toBe(false);
  });

  it('is refused in any other spelling, so that no host makes its own bills unverifiable', () => {
    for (const signature of [
      `${signed.signature}=`,
      `${signed.signature}==`,
      ` ${signed.signature}`,
      `${signed.signature}A`,
    ]) {
      expect(verifySigned(DOMAINS.statement, { ...signed, signature }, rawPublicKey(key))).toBe(false);
    }
  });

  it('is refused under what is no key', () => {
    for (const publicKey of ['', 'x', 'A'.repeat(43)])
      expect(verifySigned(DOMAINS.statement, signed, publicKey)).toBe(false);
  });
});
