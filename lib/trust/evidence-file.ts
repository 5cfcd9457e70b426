/** As much as a form and the JSON of the API carry: a screenshot, a photograph as JPEG, a long log. */
export const MOST_FILE_BYTES = 700_000;
/** Of each side, in one dispute. */
export const MOST_FILES = 8;
export const MOST_NAME_CHARACTERS = 100;
/** The bytes are forgotten so long after the dispute was decided; name, size and hash stay. */
export const FILES_KEPT_DAYS = 90;

/** What is taken: pictures that carry no program, and plain text. Told by the bytes, whatever a name says. */
export const MEDIA_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'text/plain'] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];
export const MEDIA_WORDS = 'PNG, JPEG, WebP or plain text';

/** A file as a side hands it in. */
export type OwnFile = { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> };

/** What a file is by its bytes; null for everything that is not taken. */
export function mediaTypeOf(bytes: Uint8Array): MediaType | null {
  const begins = (at: number, ...values: readonly number[]) =>
    values.every((value, index) => bytes[at + index] === value);
  if (begins(0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
  if (begins(0, 0xff, 0xd8, 0xff)) return 'image/jpeg';
  if (begins(0, 0x52, 0x49, 0x46, 0x46) && begins(8, 0x57, 0x45, 0x42, 0x50)) return 'image/webp';
  return isText(bytes) ? 'text/plain' : null;
}

function isText(bytes: Uint8Array): boolean {
  // Of the control characters a text has tab, line feed, form feed, carriage return and escape (colours of a terminal).
  const odd = (byte: number) => byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte);
  if (bytes.some(odd)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** A name without folders and control characters, which every system can store. */
export function fileName(given: string): string {
  const last = given.toWellFormed().split(/[\\/]/).at(-1) ?? '';
  const plain = last.replace(/[\p{Cc}\p{Cf}"<>|:*?]/gu, '').trim();
  return [...plain].slice(-MOST_NAME_CHARACTERS).join('') || 'file';
}

/** What is wrong with a file, as a sentence, or null. */
export function fileProblem({ bytes }: OwnFile): string | null {
  if (bytes.length === 0) return 'The file is empty.';
  if (bytes.length > MOST_FILE_BYTES)
    return `A file has at most ${MOST_FILE_BYTES / 1_000} kB. Send a picture as JPEG, or a part of a log.`;
  return mediaTypeOf(bytes) === null ? `Only ${MEDIA_WORDS} can be attached.` : null;
}

/** How a file is offered for saving, or to be shown under its name, whatever that is: RFC 6266. */
export function dispositionHeader(how: 'attachment' | 'inline', name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return `${how}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
