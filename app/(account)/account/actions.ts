'use server';

import { action } from '#app/_edge/action.ts';
import { addSshKey } from '#lib/auth/add-ssh-key.ts';
import { changePassword } from '#lib/auth/change-password.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import { removeSshKey } from '#lib/auth/remove-ssh-key.ts';
import { renameAccount } from '#lib/auth/rename-account.ts';
import { revokeClientKey } from '#lib/auth/revoke-client-key.ts';
import { revokeOtherSessions } from '#lib/auth/revoke-other-sessions.ts';
import { revokeSession } from '#lib/auth/revoke-session.ts';
import {
  addSshKeyInput,
  changePasswordInput,
  createApiTokenInput,
  nothingInput,
  removeSshKeyInput,
  renameAccountInput,
  revokeClientKeyInput,
  revokeSessionInput,
} from '#lib/auth/schema.ts';

export const rename = action(renameAccountInput, async (actor, input) => {
  await renameAccount(actor, input);
  return 'Saved.';
});

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
