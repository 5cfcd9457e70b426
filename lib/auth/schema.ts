import * as z from 'zod';
import { isLocale, isTimeZone, readBrowserZone, THEMES } from './preferences.ts';
import { TOKEN_MAX_DAYS } from './session.ts';
import { EMAIL_MAX, NAME_MAX, readEmail, readName } from './user.ts';

/** Reads text by a function that knows the rule; `undefined` from it becomes the sentence. */
function readBy(read: (text: string) => string | undefined, sentence: string) {
  return z.string(sentence).transform((text, context) => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue(sentence);
    return z.NEVER;
  });
}

export const email = readBy(
  readEmail,
  `Write one e-mail address like "ada@example.org", at most ${EMAIL_MAX} characters.`,
);
export const personName = readBy(
  readName,
  `Write a name of 1 to ${NAME_MAX} characters without line breaks or control characters.`,
);
// Rules about new passwords need the address beside them: commands ask `whyNotPassword`.
export const password = z.string('Write a password.').min(1, 'Write a password.').max(1_000, 'This is too long.');
const secret = z.string('The link is not whole.').min(1, 'The link is not whole.').max(200, 'The link is not whole.');
const id = z.string().min(1).max(64);
const ticked = (sentence: string) => z.union([z.literal('on'), z.literal('true'), z.literal(true)], sentence);

export const createAccountInput = z.object({
  email,
  name: personName,
  password,
  terms: ticked('Accept the terms to go on.'),
});
export type CreateAccountInput = z.infer<typeof createAccountInput>;

export const signInInput = z.object({
  // Whatever was typed: an address that cannot exist is answered like one that does not.
  email: z.string('Write your e-mail address.').min(1, 'Write your e-mail address.').max(1_000, 'This is too long.'),
  password,
  /** The second step, where the account has one and everything is sent at once. */
  code: z.string().max(100, 'This is too long for a code.').optional(),
});
export type SignInInput = z.infer<typeof signInInput>;

/** A code of an authenticator app, or a recovery code, as it was typed or pasted. */
export const codeInput = z.object({
  code: z.string('Write the code.').trim().min(1, 'Write the code.').max(100, 'This is too long for a code.'),
});
export type CodeInput = z.infer<typeof codeInput>;

/** The password, or where the account signs in by two steps a code. */
export const proofInput = z.object({
  proof: z.string('Write it.').min(1, 'Write it.').max(1_000, 'This is too long.'),
});
export type ProofInput = z.infer<typeof proofInput>;

export const confirmEmailInput = z.object({ token: secret });
export type ConfirmEmailInput = z.infer<typeof confirmEmailInput>;

export const requestPasswordResetInput = z.object({ email });
export type RequestPasswordResetInput = z.infer<typeof requestPasswordResetInput>;

export const resetPasswordInput = z.object({ token: secret, password });
export type ResetPasswordInput = z.infer<typeof resetPasswordInput>;

export const changePasswordInput = z.object({ currentPassword: password, newPassword: password });
export type ChangePasswordInput = z.infer<typeof changePasswordInput>;

export const renameAccountInput = z.object({ name: personName });
export type RenameAccountInput = z.infer<typeof renameAccountInput>;

/** What a browser says of its own zone, while somebody signs in: what is no zone is nothing, and refuses nobody. */
export const browserZone = z
  .string()
  .max(64)
  .optional()
  .catch(undefined)
  .transform((zone) => (zone === undefined || zone === '' ? undefined : readBrowserZone(zone)));

const orNull = <Schema extends z.ZodType<string>>(schema: Schema) =>
  z.preprocess((value) => (value === '' ? null : value), schema.nullable()).optional();
export const preferencesInput = z.object({
  /** Empty or null: as the browser has it. */
  timeZone: orNull(z.string().max(64).refine(isTimeZone, 'Choose a time zone of the list.')),
  locale: orNull(z.string().max(20).refine(isLocale, 'Choose one of the list.')),
  theme: z.enum(THEMES, 'Choose light, dark or system.').nullable().optional(),
  shortcutsOff: z.boolean().optional(),
  /** Below how much in the wallet they want to be told, in micro-dollars; null: not at all. */
  lowBalanceMicros: z
    .bigint()
    .positive('Write an amount above zero.')
    .max(10n ** 15n, 'This is too much.')
    .nullable()
    .optional(),
});
export type PreferencesInput = z.infer<typeof preferencesInput>;

export const acceptTermsInput = z.object({ version: z.string().max(40), terms: ticked('Accept the terms to go on.') });
export type AcceptTermsInput = z.infer<typeof acceptTermsInput>;

/** For what is asked without any field. */
export const nothingInput = z.object({});

export const revokeSessionInput = z.object({ id });
export type RevokeSessionInput = z.infer<typeof revokeSessionInput>;

export const createApiTokenInput = z.object({
  label: z.string('Say what it is for.').trim().min(1, 'Say what it is for.').max(100, 'Use at most 100 characters.'),
  days: z.coerce
    .number('Write a number of days.')
    .int('Write whole days.')
    .min(1, 'At least one day.')
    .max(TOKEN_MAX_DAYS, `At most ${TOKEN_MAX_DAYS} days.`),
  /** What it may do: everything, or only look. */
  scope: z.enum(['all', 'read'], 'Choose what it may do.').optional(),
});
export type CreateApiTokenInput = z.infer<typeof createApiTokenInput>;

export const addSshKeyInput = z.object({
  publicKey: z.string('Paste the line from a .pub file.').max(20_000, 'This is too long for an SSH public key.'),
  name: z.string().trim().max(100, 'Use at most 100 characters.').optional(),
});
export type AddSshKeyInput = z.infer<typeof addSshKeyInput>;

export const removeSshKeyInput = z.object({ id });
export type RemoveSshKeyInput = z.infer<typeof removeSshKeyInput>;

const rawBytes = (length: number) =>
  z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${length}}$`), 'Write raw bytes in base64url without padding.');
export const registerClientKeyInput = z.object({
  key: rawBytes(43),
  /** Ed25519 by that key: see protocol/countersignature.ts. */
  proof: rawBytes(86),
  name: z.string().trim().max(100, 'Use at most 100 characters.').optional(),
});
export type RegisterClientKeyInput = z.infer<typeof registerClientKeyInput>;

export const revokeClientKeyInput = z.object({ id });
export type RevokeClientKeyInput = z.infer<typeof revokeClientKeyInput>;

export const reason = z
  .string('Give a reason.')
  .trim()
  .min(3, 'Give a reason; the person concerned reads it.')
  .max(500, 'Use at most 500 characters.');
export const suspendUserInput = z.object({ userId: id, reason });
export type SuspendUserInput = z.infer<typeof suspendUserInput>;
