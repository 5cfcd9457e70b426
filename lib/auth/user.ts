export const NAME_MAX = 300;
export const EMAIL_MAX = 254;

/**
 * A name as it is stored: composed (NFC), trimmed, spaces joined. Undefined when nothing is left, when it is longer than
 * {@link NAME_MAX} code points, or when it holds control or text-direction characters, which could disguise other text.
 * Everything else is a name: whoever shows it escapes it.
 */
export function readName(text: string): string | undefined {
  const name = text.normalize('NFC').trim().replace(/ {2,}/g, ' ');
  if (name === '' || [...name].length > NAME_MAX || !name.isWellFormed()) return undefined;
  return /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(name) ? undefined : name;
}

/**
 * An address as it is stored and compared: trimmed and lower case. Undefined when it is not one plain mailbox
 * (RFC 5321 without quoted parts), so that it can never carry a second recipient or a header.
 */
export function readEmail(text: string): string | undefined {
  const email = text.trim().toLowerCase();
  if (email.length > EMAIL_MAX) return undefined;
  const plain =
    /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+)$/;
  return plain.test(email) && email.indexOf('@') <= 64 ? email : undefined;
}

/** The version of the terms in app/(account)/terms; a new text gets a new version and is asked for again. */
export const TERMS_VERSION = '2026-11-01';

export function termsAreCurrent(user: { readonly termsVersion: string }): boolean {
  return user.termsVersion === TERMS_VERSION;
}
