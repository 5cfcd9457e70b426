import { describe, expect, it } from 'vitest';
import type { Refusal } from '#lib/base/refusal.ts';
import { bookingForm, readBooking, recapOf } from './booking-typed.ts';

const typed = (words: Record<string, string>) =>
  bookingForm.parse({
    listingId: 'lst_1',
    idempotencyKey: 'key-12345678',
    gpus: '1',
    disk: '16',
    image: 'ubuntu:24.04',
    ...words,
  });
const problems = (words: Record<string, string>) => {
  try {
    readBooking(typed(words));
  } catch (error) {
    return (error as Refusal).detail;
  }
  return {};
};

describe('a booking as it is typed', () => {
  it('asks for the price when no button says otherwise', () => {
    expect(typed({}).intent).toBe('price');
  });

  it('is looked at once more with the names of its variables, and never with what they hold', () => {
    const wish = readBooking(
      typed({ environment: 'HF_TOKEN=secret-one\nMODE=dry', command: 'python "a b.py"', cap: '25', name: ' first ' }),
    );
    const recap = recapOf(wish, true);
    expect(recap).toEqual({
      image: 'ubuntu:24.04',
      name: 'first',
      command: ['python', 'a b.py'],
      variables: ['HF_TOKEN', 'MODE'],
      capMicros: 25_000_000n,
      newKey: true,
    });
    expect(Object.values(recap).join(' ')).not.toContain('secret-one');
  });

  it('says at once everything that is wrong with it, at the field where it is', () => {
    const wrong = problems({
      image: 'other',
      other: 'not an image --flag',
      disk: 'much',
      environment: '1BAD=x',
      publicKey: '-----BEGIN OPENSSH PRIVATE KEY-----',
    });
    expect(Object.keys(wrong).sort()).toEqual(['disk', 'environment', 'other', 'publicKey']);
    expect(wrong.publicKey).toContain('Never give it to anyone');
  });
});
