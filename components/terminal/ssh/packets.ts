import { type Bytes, byte, concat, Malformed, uint32 } from './wire.ts';

/** Where bytes go. What comes is handed to {@link Packets.feed}. */
export type Transport = { readonly send: (bytes: Bytes) => void; readonly close: () => void };

/** Key and first nonce of one direction, for AES-GCM as OpenSSH runs it. */
export type DirectionKeys = { readonly key: CryptoKey; readonly nonce: Bytes };

/** OpenSSH sends no longer packets to somebody who takes 32 KiB at once. */
const MOST_PACKET_BYTES = 65_536;
/** More than that, unread, is sent by somebody who knows no windows. */
const MOST_WAITING_BYTES = 2_097_152;
const MOST_GREETING_BYTES = 16_384;
const TAG_BYTES = 16;

/** What came is over. */
export class Ended extends Error {
  override readonly name = 'Ended';
}

/**
 * Packets over a stream of bytes: RFC 4253 §6, and after {@link Packets.decryptWith} RFC 5647 in the form of
 * `aes…-gcm@openssh.com`. Packets are read one at a time and written in the order in which they were given.
 */
export function packetsOver(transport: Transport) {
  let waiting: Bytes[] = [];
  let waitingBytes = 0;
  let over: Error | null = null;
  let wake: (() => void) | undefined;
  let incoming: DirectionKeys | null = null;
  let outgoing: DirectionKeys | null = null;
  let written: Promise<unknown> = Promise.resolve();

  function fail(error: Error): void {
    over ??= error;
    wake?.();
  }

  async function atLeast(count: number): Promise<void> {
    while (waitingBytes < count) {
      if (over !== null) throw over;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      wake = undefined;
    }
  }

  async function take(count: number): Promise<Bytes> {
    await atLeast(count);
    const whole = waiting.length === 1 && waiting[0] !== undefined ? waiting[0] : concat(...waiting);
    waiting = whole.length > count ? [whole.subarray(count)] : [];
    waitingBytes -= count;
    return whole.slice(0, count);
  }

  function payloadOf(plain: Bytes): Bytes {
    const padding = plain[0] ?? 0;
    if (padding < 4 || padding >= plain.length) throw new Malformed('a packet with impossible padding');
    return plain.slice(1, plain.length - padding);
  }

  async function receive(): Promise<Bytes> {
    const head = await take(4);
    const length = new DataView(head.buffer).getUint32(0);
    if (length < 5 || length > MOST_PACKET_BYTES) throw new Malformed('a packet of impossible length');
    const keys = incoming;
    if (keys === null) return payloadOf(await take(length));
    if (length % 16 !== 0) throw new Malformed('a packet of impossible length');
    const body = await take(length + TAG_BYTES);
    const algorithm = { name: 'AES-GCM', iv: keys.nonce.slice(), additionalData: head };
    const plain = await crypto.subtle.decrypt(algorithm, keys.key, body).catch(() => {
      throw new Malformed('a packet that was changed on its way');
    });
    count(keys.nonce);
    return payloadOf(new Uint8Array(plain));
  }

  async function write(payload: Uint8Array): Promise<void> {
    const keys = outgoing;
    const block = keys === null ? 8 : 16;
    // The length itself is part of what is aligned only while it is encrypted with the rest, which GCM does not.
    const unpadded = payload.length + (keys === null ? 5 : 1);
    const rest = block - (unpadded % block);
    const padding = rest < 4 ? rest + block : rest;
    const plain = concat(byte(padding), payload, crypto.getRandomValues(new Uint8Array(padding)));
    const head = uint32(plain.length);
    if (keys === null) {
      transport.send(concat(head, plain));
      return;
    }
    const algorithm = { name: 'AES-GCM', iv: keys.nonce.slice(), additionalData: head };
    count(keys.nonce);
    transport.send(concat(head, new Uint8Array(await crypto.subtle.encrypt(algorithm, keys.key, plain))));
  }

  const inOrder = (work: () => Promise<void> | void) => {
    written = written.then(work).catch((error: Error) => fail(error));
  };

  return {
    feed(bytes: Bytes): void {
      if (over !== null) return;
      waiting.push(bytes);
      waitingBytes += bytes.length;
      if (waitingBytes > MOST_WAITING_BYTES) fail(new Malformed('more than was asked for'));
      wake?.();
    },
    /** Nothing more comes; what is there is still read. */
    end: () => fail(new Ended('the connection ended')),
    /** One line before there are packets, without its end (RFC 4253 §4.2). */
    async line(): Promise<string> {
      const letters: number[] = [];
      for (;;) {
        const [letter = 0] = await take(1);
        if (letter === 10) return new TextDecoder().decode(Uint8Array.from(letters)).replace(/\r$/, '');
        letters.push(letter);
        if (letters.length > MOST_GREETING_BYTES) throw new Malformed('a greeting without an end');
      }
    },
    greet: (line: string) => transport.send(new TextEncoder().encode(`${line}\r\n`)),
    receive,
    send: (payload: Uint8Array) => inOrder(() => write(payload)),
    /** From the next packet on. */
    encryptWith: (keys: DirectionKeys) =>
      inOrder(() => {
        outgoing = keys;
      }),
    decryptWith(keys: DirectionKeys): void {
      incoming = keys;
    },
    /** Resolves when all that was given so far is on its way. */
    flushed: () => written,
  };
}
export type Packets = ReturnType<typeof packetsOver>;

/** The last eight bytes of a nonce count packets (RFC 5647 §7.1). */
function count(nonce: Bytes): void {
  for (let at = nonce.length - 1; at >= 4; at -= 1) {
    nonce[at] = ((nonce[at] ?? 0) + 1) & 255;
    if (nonce[at] !== 0) return;
  }
}
