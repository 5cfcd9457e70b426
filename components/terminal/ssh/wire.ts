/** The data types of SSH (RFC 4251 §5), written and read. */

export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function byte(value: number): Bytes {
  return Uint8Array.of(value);
}

export function uint32(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** A string: its length, then its bytes; text as UTF-8. */
export function string(value: string | Uint8Array): Bytes {
  const bytes = typeof value === 'string' ? encoder.encode(value) : value;
  return concat(uint32(bytes.length), bytes);
}

/** A whole number that is not negative, given as its bytes, the highest first. */
export function mpint(number: Uint8Array): Bytes {
  const first = number.findIndex((one) => one !== 0);
  const short = first < 0 ? new Uint8Array(0) : number.subarray(first);
  return string((short[0] ?? 0) >= 0x80 ? concat(byte(0), short) : short);
}

/** What cannot be read is the other side's fault. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

/** Reads values one after another; throws {@link Malformed} where they do not fit. */
export function reader(bytes: Uint8Array) {
  let at = 0;
  const take = (count: number): Bytes => {
    if (count > bytes.length - at) throw new Malformed('a packet is shorter than it says');
    const part = bytes.slice(at, at + count);
    at += count;
    return part;
  };
  const number = () => {
    const part = take(4);
    return new DataView(part.buffer).getUint32(0);
  };
  const text = () => decoder.decode(take(number()));
  return {
    byte: () => take(1)[0] ?? 0,
    boolean: () => take(1)[0] !== 0,
    uint32: number,
    string: () => take(number()),
    text,
    /** A list of names. */
    names: () => text().split(',').filter(Boolean),
    skip: (count: number) => void take(count),
    /** How far it has read. */
    position: () => at,
  };
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

/** The parts of a public line of OpenSSH: "ssh-ed25519 AAAA…". */
export function publicLine(line: string): { readonly kind: string; readonly blob: Bytes } {
  const [kind = '', base64 = ''] = line.trim().split(/\s+/);
  const binary = atob(base64);
  const blob = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  if (reader(blob).text() !== kind) throw new Malformed('a public key that is none');
  return { kind, blob };
}

/** The public line of a raw Ed25519 key. */
export function ed25519Line(raw: Uint8Array): string {
  const blob = concat(string('ssh-ed25519'), string(raw));
  return `ssh-ed25519 ${btoa(String.fromCharCode(...blob))}`;
}
