import { join } from 'node:path';
import { createTransport, type Transporter } from 'nodemailer';
import { env } from './env.ts';

export type Outgoing = {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  /** The address that ends mails of this kind by one POST (RFC 8058), where that is possible. */
  readonly unsubscribeUrl: string | null;
};

/** The picture of the mark that HTML letters show: it travels along. */
const MARK = join(/*turbopackIgnore: true*/ import.meta.dirname, '../../public/mail-mark.png');

/** How a letter left: through a mail server, or only onto the mail page of a demo market. */
export type SentVia = 'smtp' | 'page';

const DEFAULTS = {
  pool: 'true',
  maxConnections: '2',
  connectionTimeout: '10000',
  greetingTimeout: '10000',
  socketTimeout: '20000',
};

let transport: { readonly url: string; readonly transporter: Transporter } | undefined;

/**
 * Hands a letter to the mail server of `SMTP_URL`. Without one, a demo market keeps it on its mail page, and any other
 * market throws: a letter is never dropped silently. The Message-ID is made of the letter's id, so that a second delivery of the same one is recognised.
 */
export async function sendLetter(letter: Outgoing): Promise<SentVia> {
  const { smtpUrl, demo, mailFrom, publicUrl } = env();
  if (smtpUrl === undefined) {
    if (demo) return 'page';
    throw new Error('No mail server: set SMTP_URL.');
  }
  if (transport?.url !== smtpUrl) {
    transport?.transporter.close();
    transport = { url: smtpUrl, transporter: createTransport(withDefaults(smtpUrl)) };
  }
  await transport.transporter.sendMail({
    from: mailFrom,
    // As an object, so that nothing in it is parsed as a second address.
    to: { name: '', address: letter.to },
    subject: letter.subject,
    text: letter.text,
    messageId: `<${letter.id}@${new URL(publicUrl).hostname}>`,
    ...(letter.html === null
      ? {}
      : {
          html: letter.html,
          attachments: [
            { filename: 'sublet.png', path: MARK, cid: 'mark@sublet', contentDisposition: 'inline' as const },
          ],
        }),
    headers: {
      'Auto-Submitted': 'auto-generated',
      ...(letter.unsubscribeUrl === null
        ? {}
        : {
            'List-Unsubscribe': { prepared: true, value: `<${letter.unsubscribeUrl}>` },
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          }),
    },
  });
  return 'smtp';
}

// The library takes its settings from an address or from an object, never from both.
function withDefaults(smtpUrl: string): string {
  const url = new URL(smtpUrl);
  for (const [name, value] of Object.entries(DEFAULTS)) {
    if (!url.searchParams.has(name)) url.searchParams.set(name, value);
  }
  return url.href;
}

/** Closes the connections to the mail server. */
export function closeMail(): void {
  transport?.transporter.close();
  transport = undefined;
}
