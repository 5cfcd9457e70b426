'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { safeNext } from '#app/_edge/next-path.ts';
import { addSshKey } from '#lib/auth/add-ssh-key.ts';
import { beginTwoStep } from '#lib/auth/begin-two-step.ts';
import { changePassword } from '#lib/auth/change-password.ts';
import { confirmTwoStep } from '#lib/auth/confirm-two-step.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import { disableTwoStep } from '#lib/auth/disable-two-step.ts';
import { provePresence } from '#lib/auth/prove-presence.ts';
import { removeSshKey } from '#lib/auth/remove-ssh-key.ts';
import { renameAccount } from '#lib/auth/rename-account.ts';
import { renewRecoveryCodes } from '#lib/auth/renew-recovery-codes.ts';
import { revokeClientKey } from '#lib/auth/revoke-client-key.ts';
import { revokeOtherSessions } from '#lib/auth/revoke-other-sessions.ts';
import { revokeSession } from '#lib/auth/revoke-session.ts';
import {
  addSshKeyInput,
  changePasswordInput,
  codeInput,
  createApiTokenInput,
  nothingInput,
  preferencesInput,
  proofInput,
  removeSshKeyInput,
  renameAccountInput,
  revokeClientKeyInput,
  revokeSessionInput,
} from '#lib/auth/schema.ts';
import { setPreferences } from '#lib/auth/set-preferences.ts';
import { parseDollars } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { noticeChoicesOf } from '#lib/notices/queries.ts';
import { setNoticeChoices } from '#lib/notices/set-notice-choices.ts';
import { askDeletion } from '#lib/trust/ask-deletion.ts';
import { undoDeletion } from '#lib/trust/undo-deletion.ts';

export const addKey = action(addSshKeyInput, async (actor, input) => {
  const { fingerprint } = await addSshKey(actor, input);
  return `Added: ${fingerprint}. What you book from now on lets it in.`;
});

export const removeKey = action(removeSshKeyInput, async (actor, input) => {
  await removeSshKey(actor, input);
  return 'Removed.';
});

export const endClientKey = action(revokeClientKeyInput, async (actor, input) => {
  await revokeClientKey(actor, input);
  return 'Revoked.';
});

export const newPassword = action(changePasswordInput, async (actor, input) => {
  await changePassword(actor, input);
  return 'Your password is changed. Every other browser was signed out.';
});

export const makeToken = action(createApiTokenInput, async (actor, input) => {
  const { token } = await createApiToken(actor, input);
  return { message: 'Made. Copy it now: it is not shown again.', shown: { token } };
});

export const endSession = action(revokeSessionInput, async (actor, input) => {
  await revokeSession(actor, input);
  return input.id === actor.sessionId ? { redirectTo: '/' } : 'Ended.';
});

export const endOthers = action(nothingInput, async (actor) => {
  const count = await revokeOtherSessions(actor);
  return count === 0 ? 'There was no other one.' : `${count} ended.`;
});

export const prove = action(proofInput.extend({ next: z.string().max(2_000).optional() }), async (actor, input) => {
  await provePresence(actor, input);
  return { redirectTo: safeNext(input.next, '/account/security') };
});

export const setUpTwoStep = action(nothingInput, async (actor) => {
  await beginTwoStep(actor);
});

const CODES_SAID = 'Keep these recovery codes where you find them without your phone. They are not shown again.';

/** Confirms the app, or makes new recovery codes: one form, so that the codes it answers stand where it stood. */
export const settleTwoStep = action(
  z.discriminatedUnion('what', [
    codeInput.extend({ what: z.literal('confirm') }),
    z.object({ what: z.literal('renew') }),
  ]),
  async (actor, input) => {
    const codes = input.what === 'confirm' ? await confirmTwoStep(actor, input) : await renewRecoveryCodes(actor);
    const message = input.what === 'confirm' ? `Two-step sign-in is on. ${CODES_SAID}` : CODES_SAID;
    return { message, shown: { codes: codes.join('\n') } };
  },
);

export const dropTwoStep = action(codeInput, async (actor, input) => {
  await disableTwoStep(actor, input);
  return 'Two-step sign-in is off.';
});

const ticked = z.array(z.string().max(40)).max(100).default([]);

/** The matrix as it was sent: what is not ticked is off. What was changed nowhere is not written. */
export const chooseNotices = action(z.object({ inApp: ticked, mail: ticked }), async (actor, input) => {
  const changed = (await noticeChoicesOf(actor))
    .filter((line) => line.fixed === undefined)
    .map((line) => ({ line, inApp: input.inApp.includes(line.name), mail: input.mail.includes(line.name) }))
    .filter(({ line, inApp, mail }) => inApp !== line.inApp || mail !== line.mail);
  if (changed.length > 0)
    await setNoticeChoices(
      actor,
      Object.fromEntries(changed.map(({ line, inApp, mail }) => [line.name, { inApp, mail }])),
    );
  return 'Saved.';
});

/** Name and how dates are shown, in one form. */
export const saveProfile = action(
  renameAccountInput.extend(preferencesInput.pick({ timeZone: true, locale: true }).shape),
  async (actor, { name, timeZone, locale }) => {
    await renameAccount(actor, { name });
    await setPreferences(actor, { timeZone, locale });
    return 'Saved.';
  },
);

export const setShortcuts = action(z.object({ on: z.literal('on').optional() }), async (actor, { on }) => {
  await setPreferences(actor, { shortcutsOff: on === undefined });
  return 'Saved. It holds from the next page on.';
});

export const setLowBalance = action(z.object({ below: z.string().max(30) }), async (actor, { below }) => {
  const text = below.trim().replace(/^\$/, '');
  const lowBalanceMicros = text === '' ? null : parseDollars(text);
  if (lowBalanceMicros === undefined || (lowBalanceMicros !== null && lowBalanceMicros <= 0n))
    throw new Refusal('badInput', { field: 'below' }, 'Write an amount in dollars, like 5 or 2.50, or leave it empty.');
  await setPreferences(actor, { lowBalanceMicros });
  return lowBalanceMicros === null ? 'Saved. You are not told.' : 'Saved.';
});

export const leave = action(
  z.object({
    email: z.string().max(300),
    givesUp: z
      .string()
      .regex(/^\d{1,19}$/)
      .optional(),
  }),
  async (actor, { email, givesUp }) => {
    await askDeletion(actor, { email, givesUpMicros: BigInt(givesUp ?? 0) });
    return 'Asked for. Other browsers and API tokens were signed out.';
  },
);

export const stay = action(nothingInput, async (actor) => {
  await undoDeletion(actor);
  return 'Your account stays.';
});
