import { Refusal } from './refusal.ts';

/** What an idempotency key may be. */
export const IDEMPOTENCY_KEY = /^[\x21-\x7e]{8,200}$/;
export const IDEMPOTENCY_KEY_SENTENCE = 'An idempotency key has 8 to 200 printable characters.';

/** Refuses with `badInput` (`idempotencyKey`) what is no key. */
export function requireIdempotencyKey(key: string): void {
  if (!IDEMPOTENCY_KEY.test(key)) throw new Refusal('badInput', { idempotencyKey: IDEMPOTENCY_KEY_SENTENCE });
}
