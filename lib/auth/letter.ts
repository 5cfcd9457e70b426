import * as z from 'zod';

/** What a letter says, in parts: laid out once as plain text, when it is written, and once as HTML, when it is sent. */
export const letterSchema = z.object({
  /** Who it is to, as a name. */
  name: z.string(),
  heading: z.string(),
  paragraphs: z.array(z.string()),
  /** The one thing to do, as a link into this market. */
  action: z.object({ label: z.string(), url: z.string() }).nullable(),
  /** What stands after it. */
  after: z.string().nullable(),
  /** Why it was sent, and how to get no more of its kind, where that is possible. */
  footer: z.object({ text: z.string(), url: z.string(), unsubscribeUrl: z.string().nullable() }).nullable(),
});
export type Letter = z.infer<typeof letterSchema>;

export type NewMail = { readonly to: string; readonly subject: string; readonly letter: Letter };

/** A letter as plain text: everything that the HTML says, addresses written out. */
export function letterText(letter: Letter): string {
  const { name, heading, paragraphs, action, after, footer } = letter;
  const stop = footer?.unsubscribeUrl ?? null;
  const parts = [
    `Hello ${name},`,
    `${heading}.`,
    ...paragraphs.filter((paragraph) => paragraph !== ''),
    ...(action === null ? [] : [action.url]),
    ...(after === null ? [] : [after]),
    'Sublet',
    ...(footer === null
      ? []
      : [
          `-- \n${footer.text}\nWhat you hear: ${footer.url}${stop === null ? '' : `\nNo more mails of this kind: ${stop}`}`,
        ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** How long the links in letters are good for, in hours. */
export const LINK_HOURS = { confirm: 48, reset: 1 } as const;
export type LinkPurpose = keyof typeof LINK_HOURS;

type Addressee = { readonly email: string; readonly name: string };

export function confirmationLetter(to: Addressee, publicUrl: string, token: string): NewMail {
  return {
    to: to.email,
    subject: 'Confirm your e-mail address',
    letter: {
      name: to.name,
      heading: 'Confirm your e-mail address',
      paragraphs: [`Open this page to confirm that this address is yours. It is good for ${LINK_HOURS.confirm} hours.`],
      action: { label: 'Confirm this address', url: `${publicUrl}/confirm?token=${token}` },
      after: 'If you did not create an account, do nothing: without this page nothing can be booked or rented out.',
      footer: null,
    },
  };
}

export function resetLetter(to: Addressee, publicUrl: string, token: string): NewMail {
  return {
    to: to.email,
    subject: 'Set a new password',
    letter: {
      name: to.name,
      heading: 'Set a new password',
      paragraphs: [
        'Somebody, probably you, asked for a new password. Open this page to set it. It is good for one hour and once.',
      ],
      action: { label: 'Set a new password', url: `${publicUrl}/reset?token=${token}` },
      after: 'If it was not you, do nothing: your password stays as it is.',
      footer: null,
    },
  };
}
