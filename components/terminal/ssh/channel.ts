import { MESSAGE } from './exchange.ts';
import type { Packets } from './packets.ts';
import { type Bytes, byte, concat, Malformed, reader, string, uint32 } from './wire.ts';

export type Size = { readonly columns: number; readonly rows: number };

/** How a shell came to its end; both null when nobody said. */
export type Exit = { readonly code: number | null; readonly signal: string | null };

/** There is no shell to be had. */
export class NoShell extends Error {
  override readonly name = 'NoShell';
}

/** So much may be on its way here and not shown yet; half of it is asked for again at once. */
const WINDOW_BYTES = 262_144;
const PACKET_BYTES = 32_768;
/** What was typed or pasted, and the machine does not take yet. */
const MOST_TYPED_BYTES = 4_194_304;

type ChannelOptions = {
  readonly size: Size;
  /** Shows what came; `shown` is called when it is shown, and more is asked for. */
  readonly onData: (bytes: Bytes, shown: () => void) => void;
};

/** A shell with a terminal on one channel (RFC 4254 §6), over packets of somebody who is logged in. */
export function shellChannel(packets: Packets, options: ChannelOptions) {
  let theirs = 0;
  let windowOut = 0;
  let packetOut = PACKET_BYTES;
  let typed: Bytes[] = [];
  let typedBytes = 0;
  let shownBytes = 0;
  let exit: Exit = { code: null, signal: null };
  let isOpen = false;

  const about = (message: number, ...parts: readonly Uint8Array[]) =>
    packets.send(concat(byte(message), uint32(theirs), ...parts));
  const request = (name: string, answer: boolean, ...parts: readonly Uint8Array[]) =>
    about(MESSAGE.channelRequest, string(name), byte(answer ? 1 : 0), ...parts);
  const sizeWords = ({ columns, rows }: Size) => [uint32(columns), uint32(rows), uint32(0), uint32(0)];

  function flush(): void {
    while (typed[0] !== undefined && windowOut > 0) {
      const room = Math.min(windowOut, packetOut, typed[0].length);
      about(MESSAGE.channelData, string(typed[0].subarray(0, room)));
      windowOut -= room;
      typedBytes -= room;
      if (room === typed[0].length) typed.shift();
      else typed[0] = typed[0].subarray(room);
    }
  }

  function shown(bytes: number): void {
    shownBytes += bytes;
    if (!isOpen || shownBytes < WINDOW_BYTES / 2) return;
    about(MESSAGE.channelWindowAdjust, uint32(shownBytes));
    shownBytes = 0;
  }

  function hearRequest(message: Bytes): void {
    const read = reader(message.subarray(5));
    const name = read.text();
    const wantsAnswer = read.boolean();
    if (name === 'exit-status') exit = { code: read.uint32(), signal: null };
    else if (name === 'exit-signal') exit = { code: null, signal: read.text() };
    // A server's sign of life among them.
    if (wantsAnswer) about(MESSAGE.channelFailure);
  }

  async function answered(next: () => Promise<Bytes>): Promise<boolean> {
    for (;;) {
      const message = await next();
      if (message[0] === MESSAGE.channelSuccess) return true;
      if (message[0] === MESSAGE.channelFailure || message[0] === MESSAGE.channelClose) return false;
      hear(message);
    }
  }

  /** True when the channel is closed. */
  function hear(message: Bytes): boolean {
    const kind = message[0];
    const read = reader(message.subarray(5));
    if (kind === MESSAGE.channelData || kind === MESSAGE.channelExtendedData) {
      if (kind === MESSAGE.channelExtendedData) read.skip(4);
      const bytes = read.string();
      options.onData(bytes, () => shown(bytes.length));
    } else if (kind === MESSAGE.channelWindowAdjust) {
      windowOut += read.uint32();
      flush();
    } else if (kind === MESSAGE.channelRequest) hearRequest(message);
    else if (kind === MESSAGE.channelClose) {
      if (isOpen) about(MESSAGE.channelClose);
      isOpen = false;
      return true;
    } else if (kind !== MESSAGE.channelEof) throw new Malformed(`message ${kind} on a channel`);
    return false;
  }

  return {
    /** Opens it with a terminal and a shell. Rejects with {@link NoShell}. */
    async open(next: () => Promise<Bytes>): Promise<void> {
      packets.send(
        concat(byte(MESSAGE.channelOpen), string('session'), uint32(0), uint32(WINDOW_BYTES), uint32(PACKET_BYTES)),
      );
      const message = await next();
      if (message[0] !== MESSAGE.channelOpenConfirmation) throw new NoShell('the machine opens no session');
      const read = reader(message.subarray(5));
      theirs = read.uint32();
      windowOut = read.uint32();
      packetOut = Math.max(1, Math.min(PACKET_BYTES, read.uint32()));
      isOpen = true;
      // No modes of the terminal are asked for: TTY_OP_END alone.
      request('pty-req', true, string('xterm-256color'), ...sizeWords(options.size), string(byte(0)));
      if (!(await answered(next))) throw new NoShell('the machine gives no terminal');
      request('env', false, string('LANG'), string('C.UTF-8'));
      request('env', false, string('COLORTERM'), string('truecolor'));
      request('shell', true);
      if (!(await answered(next))) throw new NoShell('the image has no shell that runs');
    },
    hear,
    exit: () => exit,
    /** Types into it. False, and nothing was typed, when it is not open or did not take what was typed before. */
    type(bytes: Bytes): boolean {
      if (!isOpen || typedBytes + bytes.length > MOST_TYPED_BYTES) return false;
      typed.push(bytes);
      typedBytes += bytes.length;
      flush();
      return true;
    },
    resize(size: Size): void {
      if (isOpen) request('window-change', false, ...sizeWords(size));
    },
    close(): void {
      typed = [];
      if (isOpen) about(MESSAGE.channelClose);
      isOpen = false;
    },
  };
}
