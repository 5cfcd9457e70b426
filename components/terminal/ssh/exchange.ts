import type { DirectionKeys, Packets } from './packets.ts';
import { type Bytes, byte, concat, Malformed, mpint, publicLine, reader, sameBytes, string, uint32 } from './wire.ts';

export const CLIENT_VERSION = 'SSH-2.0-Sublet_1';

/** Numbers of messages (RFC 4250 §4.1). */
export const MESSAGE = {
  disconnect: 1,
  ignore: 2,
  unimplemented: 3,
  debug: 4,
  serviceRequest: 5,
  serviceAccept: 6,
  extensionInfo: 7,
  keyExchangeInit: 20,
  newKeys: 21,
  ecdhInit: 30,
  ecdhReply: 31,
  authRequest: 50,
  authFailure: 51,
  authSuccess: 52,
  authBanner: 53,
  globalRequest: 80,
  requestSuccess: 81,
  requestFailure: 82,
  channelOpen: 90,
  channelOpenConfirmation: 91,
  channelOpenFailure: 92,
  channelWindowAdjust: 93,
  channelData: 94,
  channelExtendedData: 95,
  channelEof: 96,
  channelClose: 97,
  channelRequest: 98,
  channelSuccess: 99,
  channelFailure: 100,
} as const;

/** The machine's key is another one than the market said: somebody may stand in between. */
export class WrongHostKey extends Error {
  override readonly name = 'WrongHostKey';
}

/** What both sides of a rental's sshd know; one choice each, all of it in WebCrypto. */
const KEY_EXCHANGES = ['curve25519-sha256', 'curve25519-sha256@libssh.org'];
const STRICT = { client: 'kex-strict-c-v00@openssh.com', server: 'kex-strict-s-v00@openssh.com' };
const HOST_KEYS = ['ssh-ed25519'];
const CIPHERS = ['aes256-gcm@openssh.com', 'aes128-gcm@openssh.com'];
const KEY_BYTES: Readonly<Record<string, number>> = { 'aes256-gcm@openssh.com': 32, 'aes128-gcm@openssh.com': 16 };
const NONCE_BYTES = 12;

/** What was said so far of a connection, and what its name is: the hash of its first exchange. */
export type Session = { serverVersion: string; readonly hostKey: string; id: Bytes | null };

/** The client's offer, as it is sent and hashed (RFC 4253 §7.1). */
export function keyExchangeInit(): Bytes {
  const list = (names: readonly string[]) => string(names.join(','));
  // Named for servers that look: the ciphers authenticate by themselves.
  const macs = list(['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-256']);
  return concat(
    byte(MESSAGE.keyExchangeInit),
    crypto.getRandomValues(new Uint8Array(16)),
    list([...KEY_EXCHANGES, STRICT.client]),
    list(HOST_KEYS),
    list(CIPHERS),
    list(CIPHERS),
    macs,
    macs,
    list(['none']),
    list(['none']),
    list([]),
    list([]),
    byte(0),
    uint32(0),
  );
}

type Offer = {
  readonly strict: boolean;
  readonly toServer: string;
  readonly toClient: string;
  /** The server sent a first message by a guess that was wrong: it is to be passed over. */
  readonly guessedWrong: boolean;
};

function agree(init: Bytes): Offer {
  const read = reader(init);
  read.skip(17);
  const [exchanges = [], hostKeys = [], toServer = [], toClient = []] = Array.from({ length: 10 }, () => read.names());
  const follows = read.boolean();
  const choose = (what: string, own: readonly string[], theirs: readonly string[]) => {
    const chosen = own.find((name) => theirs.includes(name));
    if (chosen === undefined) throw new Malformed(`the machine knows no ${what} that this page knows`);
    return chosen;
  };
  const exchange = choose('key exchange', KEY_EXCHANGES, exchanges);
  const hostKey = choose('host key', HOST_KEYS, hostKeys);
  return {
    strict: exchanges.includes(STRICT.server),
    toServer: choose('cipher', CIPHERS, toServer),
    toClient: choose('cipher', CIPHERS, toClient),
    guessedWrong: follows && (exchanges[0] !== exchange || hostKeys[0] !== hostKey),
  };
}

async function digest(...parts: readonly Uint8Array[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', concat(...parts)));
}

async function provenHostKey(session: Session, keyBlob: Bytes, signature: Bytes, hash: Bytes): Promise<void> {
  const expected = publicLine(session.hostKey);
  if (!sameBytes(expected.blob, keyBlob)) throw new WrongHostKey('the machine shows another key');
  const key = reader(keyBlob);
  const signed = reader(signature);
  if (key.text() !== 'ssh-ed25519' || signed.text() !== 'ssh-ed25519')
    throw new Malformed('a host key of another kind');
  const publicKey = await crypto.subtle.importKey('raw', key.string(), 'Ed25519', false, ['verify']);
  const good = await crypto.subtle.verify('Ed25519', publicKey, signed.string(), hash);
  if (!good) throw new WrongHostKey('the machine does not hold the key that it shows');
}

/**
 * One exchange of keys (RFC 8731): proves that the machine holds the key that the market named, and has both directions
 * encrypted from then on. `serverInit` and `clientInit` were exchanged before. Rejects with {@link WrongHostKey}.
 */
export async function exchangeKeys(
  packets: Packets,
  session: Session,
  clientInit: Bytes,
  serverInit: Bytes,
  next: () => Promise<Bytes>,
): Promise<void> {
  const offer = agree(serverInit);
  if (offer.guessedWrong) await next();
  const own = (await crypto.subtle.generateKey('X25519', false, ['deriveBits'])) as CryptoKeyPair;
  const ownPublic = new Uint8Array(await crypto.subtle.exportKey('raw', own.publicKey));
  packets.send(concat(byte(MESSAGE.ecdhInit), string(ownPublic)));
  const answer = reader(await expectMessage(next, MESSAGE.ecdhReply, offer.strict));
  answer.skip(1);
  const keyBlob = answer.string();
  const theirPublic = answer.string();
  const signature = answer.string();
  const theirs = await crypto.subtle.importKey('raw', theirPublic, 'X25519', false, []);
  // WebCrypto refuses a result of zeros, as RFC 8731 §3 wants.
  const bits = await crypto.subtle.deriveBits({ name: 'X25519', public: theirs }, own.privateKey, 256);
  const secret = mpint(new Uint8Array(bits));
  const hash = await digest(
    string(CLIENT_VERSION),
    string(session.serverVersion),
    string(clientInit),
    string(serverInit),
    string(keyBlob),
    string(ownPublic),
    string(theirPublic),
    secret,
  );
  await provenHostKey(session, keyBlob, signature, hash);
  session.id ??= hash;
  const id = session.id;
  const derive = async (letter: string, length: number): Promise<Bytes> =>
    (await digest(secret, hash, new TextEncoder().encode(letter), id)).slice(0, length);
  const direction = async (nonce: string, key: string, cipher: string, use: KeyUsage): Promise<DirectionKeys> => ({
    nonce: await derive(nonce, NONCE_BYTES),
    key: await crypto.subtle.importKey('raw', await derive(key, KEY_BYTES[cipher] ?? 32), 'AES-GCM', false, [use]),
  });
  const toServer = await direction('A', 'C', offer.toServer, 'encrypt');
  const toClient = await direction('B', 'D', offer.toClient, 'decrypt');
  packets.send(byte(MESSAGE.newKeys));
  packets.encryptWith(toServer);
  await expectMessage(next, MESSAGE.newKeys, offer.strict);
  packets.decryptWith(toClient);
}

/** The next message of a number; others in between are passed over, or, where the exchange is strict, refused. */
async function expectMessage(next: () => Promise<Bytes>, number: number, strict: boolean): Promise<Bytes> {
  for (;;) {
    const message = await next();
    if (message[0] === number) return message;
    const harmless = message[0] === MESSAGE.ignore || message[0] === MESSAGE.debug;
    if (strict || !harmless) throw new Malformed(`message ${message[0]} where ${number} belongs`);
  }
}
