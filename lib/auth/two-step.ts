/** What the sealed secret of an account is bound to: in another row it does not open. */
export function twoStepContext(userId: string): string {
  return `two-step:${userId}`;
}

/** So long a sign-in waits for its code after the password. */
export const HALFWAY_MINUTES = 10;

/** So many wrong codes within the limit's window are told to the owner: somebody knows the password. */
export const TELL_AFTER_WRONG_CODES = 4;
