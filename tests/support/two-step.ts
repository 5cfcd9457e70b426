import { randomBytes } from 'node:crypto';
import { beginTwoStep } from '#lib/auth/begin-two-step.ts';
import { confirmTwoStep } from '#lib/auth/confirm-two-step.ts';
import { twoStepOf } from '#lib/auth/queries/two-step.ts';
import { totpCode, totpStep } from '#lib/auth/totp.ts';
import type { Actor } from '#lib/base/actor.ts';
import type { World } from '#lib/base/time.ts';
import { forgetEnv } from '#lib/io/env.ts';

process.env.SUBLET_SECRETS_KEY ??= randomBytes(32).toString('base64url');
forgetEnv();

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Reads base32 as an app does (RFC 4648): another way than the product writes it. */
function fromBase32(text: string): Buffer {
  let value = 0n;
  for (const letter of text) value = value * 32n + BigInt(BASE32.indexOf(letter));
  const bytes = Math.floor((text.length * 5) / 8);
  value >>= BigInt(text.length * 5 - bytes * 8);
  return Buffer.from(value.toString(16).padStart(bytes * 2, '0'), 'hex');
}

/** Somebody's phone: it knows the secret as it was shown, and the codes of its own clock. */
export function appOf(shown: string) {
  const secret = fromBase32(shown);
  return { code: (now: Date, off = 0) => totpCode(secret, totpStep(now) + off) };
}

/** Sets two-step sign-in up as a person does; answers their app and their recovery codes. */
export async function withTwoStep(actor: Actor, world: World) {
  await beginTwoStep(actor, world);
  const { pending } = await twoStepOf(actor);
  if (pending === null) throw new Error('nothing was set up');
  const app = appOf(pending.secret);
  const codes = await confirmTwoStep(actor, { code: app.code(world.now()) }, world);
  return { app, codes };
}
