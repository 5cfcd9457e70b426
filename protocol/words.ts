import * as z from 'zod/mini';

/** The protocol between agent and market. Every message carries it; the market refuses another version with a sentence. */
export const PROTOCOL_VERSION = 1;

export const version = z.literal(PROTOCOL_VERSION);
/** An RFC 3339 instant in UTC with milliseconds, as `Date.toISOString` writes it. */
export const instant = z.iso.datetime();
/** Amounts and counts beyond 2^53 travel as decimal text. */
export const decimal = z.string().check(z.regex(/^\d{1,30}$/));
/** Raw key bytes or a signature in base64url without padding. */
export const base64url = z.string().check(z.regex(/^[A-Za-z0-9_-]{1,2000}$/));
export const word = z.string().check(z.minLength(1), z.maxLength(200));
export const sentence = z.string().check(z.maxLength(2_000));
export const count = z.int().check(z.nonnegative());

/** Exact text and a signature over `domain + "\n" + payload`. What is stored and hashed is the payload as it was sent, byte for byte. */
export const signed = z.object({ payload: z.string().check(z.maxLength(65_536)), signature: base64url });
export type Signed = z.infer<typeof signed>;

// biome-ignore lint/performance/noBarrelFile: these three live apart so that the offline verifier needs no zod
export { DOMAINS, type Domain, signedText } from './domains.ts';

/** Checks an Ed25519 signature (RFC 8032) by a raw 32-byte key over UTF-8 text; handed in so that this folder stays pure. */
export type Verify = (publicKey: string, text: string, signature: string) => boolean;
/** SHA-256 of UTF-8 text, lower-case hex. */
export type Hash = (text: string) => string;
