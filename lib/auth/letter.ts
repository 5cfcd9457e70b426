import type { NewMail } from './queue-mail.ts';

/** How long the links in letters are good for, in hours. */
export const LINK_HOURS = { confirm: 48, reset: 1 } as const;
export type LinkPurpose = keyof typeof LINK_HOURS;

type Addressee = { readonly email: string; readonly name: string };

const SIGNED = '\n\nSublet';

export function confirmationLetter(to: Addressee, publicUrl: string, token: string): NewMail {
  return {
    to: to.email,
    subject: 'Confirm your e-mail address',
    text: `Hello ${to.name},

open this page to confirm that this address is yours. It is good for ${LINK_HOURS.confirm} hours:

${publicUrl}/confirm?token=${token}

If you did not create an account, do nothing: without this page nothing can be booked or rented out.${SIGNED}
`,
  };
}

export function resetLetter(to: Addressee, publicUrl: string, token: string): NewMail {
  return {
    to: to.email,
    subject: 'Set a new password',
    text: `Hello ${to.name},

somebody, probably you, asked for a new password. Open this page to set it. It is good for one hour and once:

${publicUrl}/reset?token=${token}

If it was not you, do nothing: your password stays as it is.${SIGNED}
`,
  };
}
