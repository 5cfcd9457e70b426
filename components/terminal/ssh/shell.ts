import { type Exit, type Size, shellChannel } from './channel.ts';
import { CLIENT_VERSION, exchangeKeys, keyExchangeInit, MESSAGE, type Session } from './exchange.ts';
import { logIn } from './login.ts';
import { packetsOver, type Transport } from './packets.ts';
import { type Bytes, byte, concat, Malformed, reader, string, uint32 } from './wire.ts';

export type ShellOptions = {
  readonly transport: Transport;
  /** The public line of the host key that the machine must show, from the market. */
  readonly hostKey: string;
  readonly key: CryptoKeyPair;
  readonly size: Size;
  readonly onData: (bytes: Bytes, shown: () => void) => void;
  /** It is a shell now: what is typed arrives. */
  readonly onOpen: () => void;
};

/** The machine hung up, and said why. */
export class HungUp extends Error {
  override readonly name = 'HungUp';
}

/** Before its version a server may say lines to people; so many are read. */
const MOST_LINES = 50;
const BY_APPLICATION = 11;
/** Of no concern to a shell. */
const PASSED_OVER: ReadonlySet<number> = new Set([
  MESSAGE.ignore,
  MESSAGE.debug,
  MESSAGE.unimplemented,
  MESSAGE.extensionInfo,
]);

/**
 * A shell by ssh, from this page to the container: an SSH 2 client (RFC 4253, 4252, 4254) with one choice of each algorithm,
 * all of them in WebCrypto. Whoever carries its bytes reads nothing and changes nothing. `ended` resolves with how the shell
 * came to its end, and rejects with what went wrong: `HungUp`, `WrongHostKey`, `NotLetIn`, `NoShell`, `Ended`, `Malformed`.
 */
export function openShell(options: ShellOptions) {
  const packets = packetsOver(options.transport);
  const channel = shellChannel(packets, options);
  const session: Session = { serverVersion: '', hostKey: options.hostKey, id: null };
  /** What is typed while keys are exchanged again waits: only messages of the exchange may go out then. */
  let later: (() => void)[] | null = null;
  const whenFree = (work: () => void) => {
    if (later === null) work();
    else later.push(work);
  };

  async function receive(): Promise<Bytes> {
    const message = await packets.receive();
    if (message[0] === MESSAGE.disconnect) throw new HungUp(reader(message.subarray(5)).text().slice(0, 500));
    return message;
  }

  /** The next message that is about something. */
  async function next(): Promise<Bytes> {
    for (;;) {
      const message = await receive();
      const kind = message[0] ?? 0;
      if (kind === MESSAGE.keyExchangeInit) await exchangeAgain(message);
      else if (kind === MESSAGE.globalRequest) refuseRequest(message);
      else if (!PASSED_OVER.has(kind)) return message;
    }
  }

  function refuseRequest(message: Bytes): void {
    const read = reader(message.subarray(1));
    read.text();
    if (read.boolean()) packets.send(byte(MESSAGE.requestFailure));
  }

  async function exchangeAgain(serverInit: Bytes): Promise<void> {
    later = [];
    const clientInit = keyExchangeInit();
    packets.send(clientInit);
    await exchangeKeys(packets, session, clientInit, serverInit, receive);
    const waited = later;
    later = null;
    for (const work of waited) work();
  }

  async function greeting(): Promise<string> {
    for (let lines = 0; lines < MOST_LINES; lines += 1) {
      const line = await packets.line();
      if (!line.startsWith('SSH-')) continue;
      if (!line.startsWith('SSH-2.0-') || line.length > 253) throw new Malformed('another kind of ssh');
      return line;
    }
    throw new Malformed('no ssh server');
  }

  async function run(): Promise<Exit> {
    packets.greet(CLIENT_VERSION);
    session.serverVersion = await greeting();
    const clientInit = keyExchangeInit();
    packets.send(clientInit);
    const serverInit = await receive();
    if (serverInit[0] !== MESSAGE.keyExchangeInit) throw new Malformed('no exchange of keys');
    await exchangeKeys(packets, session, clientInit, serverInit, receive);
    if (session.id === null) throw new Malformed('no exchange of keys');
    await logIn(packets, session.id, options.key, next);
    await channel.open(next);
    options.onOpen();
    while (!channel.hear(await next()));
    return channel.exit();
  }

  const ended = run().finally(async () => {
    // A proper end, where somebody still hears it.
    packets.send(concat(byte(MESSAGE.disconnect), uint32(BY_APPLICATION), string('closed'), string('')));
    await packets.flushed();
    options.transport.close();
  });

  return {
    ended,
    feed: packets.feed,
    /** The carrier of its bytes is gone. */
    end: packets.end,
    /** False when it was not taken: what was typed before did not arrive yet. */
    type(bytes: Bytes): boolean {
      if (later === null) return channel.type(bytes);
      later.push(() => channel.type(bytes));
      return true;
    },
    resize: (size: Size) => whenFree(() => channel.resize(size)),
    close: () =>
      whenFree(() => {
        channel.close();
        void packets.flushed().then(packets.end);
      }),
  };
}
export type Shell = ReturnType<typeof openShell>;
