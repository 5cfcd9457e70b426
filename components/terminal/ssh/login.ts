import { MESSAGE } from './exchange.ts';
import type { Packets } from './packets.ts';
import { type Bytes, byte, concat, ed25519Line, Malformed, publicLine, reader, string } from './wire.ts';

/** The machine does not know the key of this page (any more). */
export class NotLetIn extends Error {
  override readonly name = 'NotLetIn';
}

const USER = 'root';
/** The machine hears of a new key within moments; until then it says no. Fewer tries than sshd takes at once (six). */
const WAITS_MS = [0, 250, 500, 1_000, 2_000];

/** A key of this page: its private half can be used and not read, not even by the page. */
export async function newKey(): Promise<CryptoKeyPair> {
  return (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair;
}

/** The public line of a key, as authorized_keys has it. */
export async function publicLineOf({ publicKey }: CryptoKeyPair): Promise<string> {
  return ed25519Line(new Uint8Array(await crypto.subtle.exportKey('raw', publicKey)));
}

/** Logs in by key (RFC 4252 §7), trying again while the machine may not have heard of the key. Rejects with {@link NotLetIn}. */
export async function logIn(
  packets: Packets,
  sessionId: Bytes,
  key: CryptoKeyPair,
  next: () => Promise<Bytes>,
): Promise<void> {
  packets.send(concat(byte(MESSAGE.serviceRequest), string('ssh-userauth')));
  if ((await next())[0] !== MESSAGE.serviceAccept) throw new Malformed('no way to log in');
  const { blob } = publicLine(await publicLineOf(key));
  const asked = concat(
    byte(MESSAGE.authRequest),
    string(USER),
    string('ssh-connection'),
    string('publickey'),
    byte(1),
    string('ssh-ed25519'),
    string(blob),
  );
  const signature = await crypto.subtle.sign('Ed25519', key.privateKey, concat(string(sessionId), asked));
  const proof = concat(string('ssh-ed25519'), string(new Uint8Array(signature)));
  for (const waitMs of WAITS_MS) {
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    packets.send(concat(asked, string(proof)));
    if (await isLetIn(next)) return;
  }
  throw new NotLetIn('the machine does not know this key');
}

async function isLetIn(next: () => Promise<Bytes>): Promise<boolean> {
  for (;;) {
    const message = await next();
    if (message[0] === MESSAGE.authSuccess) return true;
    if (message[0] === MESSAGE.authFailure) {
      const methods = reader(message.subarray(1)).names();
      if (!methods.includes('publickey')) throw new NotLetIn('the machine lets nobody in by key');
      return false;
    }
    if (message[0] !== MESSAGE.authBanner) throw new Malformed(`message ${message[0]} while logging in`);
  }
}
