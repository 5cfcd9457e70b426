import { EMPTY_FORM, type FormAction } from '#components/ui/form-state.ts';
import { TERMINAL_ENDS } from '#lib/bookings/terminal.ts';
import type { Size } from './ssh/channel.ts';
import { newKey, publicLineOf } from './ssh/login.ts';
import { openShell, type Shell } from './ssh/shell.ts';
import type { Bytes } from './ssh/wire.ts';
import { type Ending, endingOfCode, endingOfExit, endingOfFault, isLost, whyNoTerminal } from './words.ts';

export type TerminalState = { readonly kind: 'connecting' | 'open' | 'again' } | ({ readonly kind: 'over' } & Ending);

type ConnectionOptions = {
  readonly bookingId: string;
  /** Asks the market to let the key of this page in; answers ticket and host key. */
  readonly open: FormAction;
  readonly size: () => Size;
  readonly onData: (bytes: Bytes, shown: () => void) => void;
  readonly onState: (state: TerminalState) => void;
};

const PROTOCOL = 'sublet.terminal.v1';
const AGAIN_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000];
/** A machine that never answered is tried so often again. */
const MOST_FIRST_TRIES = 2;
/** One that answers and has not heard of this page's key yet, as its agent is busy or on its way back: for about 25 s. */
const MOST_UNHEARD_TRIES = 4;
const ACTIVE_EVERY_MS = 60_000;

/** Keeps a shell open from this page: opens it, takes up a connection that was lost (with a new shell), and says how it stands. */
export function terminalConnection(options: ConnectionOptions) {
  let key: CryptoKeyPair | null = null;
  let socket: WebSocket | null = null;
  let shell: Shell | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  let wasOpen = false;
  let tries = 0;
  let activeAt = 0;

  const over = (ending: Ending) => {
    if (closed) return;
    closed = true;
    options.onState({ kind: 'over', ...ending });
  };

  function again(ending: Ending, mostFirstTries = MOST_FIRST_TRIES): void {
    const waitMs = AGAIN_MS[tries];
    const hopeless = !wasOpen && tries >= mostFirstTries;
    if (waitMs === undefined || hopeless) over(ending);
    else {
      tries += 1;
      options.onState({ kind: wasOpen ? 'again' : 'connecting' });
      timer = setTimeout(() => void attempt(), waitMs);
    }
  }

  /** A ticket, and the key that the machine must show. */
  async function ask(): Promise<Readonly<Record<string, string>> | null> {
    key ??= await newKey();
    const form = new FormData();
    form.set('bookingId', options.bookingId);
    form.set('publicKey', await publicLineOf(key));
    const answer = await options.open(EMPTY_FORM, form);
    if (answer.ok && answer.shown !== undefined) return answer.shown;
    over({
      sentence: answer.message ?? Object.values(answer.errors ?? {})[0] ?? 'It cannot be opened now.',
      again: true,
    });
    return null;
  }

  async function attempt(): Promise<void> {
    if (closed) return;
    let given: Readonly<Record<string, string>> | null;
    try {
      given = await ask();
    } catch {
      // The market does not answer, or this browser cannot make such keys.
      if (key !== null) return again(endingOfCode(1_006));
      return over({ sentence: 'This browser makes no Ed25519 keys. Update it, or use ssh.', again: false });
    }
    if (given === null || closed || key === null) return;
    begin(given, key);
  }

  function begin({ terminalId = '', ticket = '', hostKey = '' }: Readonly<Record<string, string>>, own: CryptoKeyPair) {
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const way = new WebSocket(`${scheme}//${location.host}/api/terminals/${terminalId}`, [PROTOCOL, ticket]);
    way.binaryType = 'arraybuffer';
    socket = way;
    let code = 1_006;
    let began = false;
    way.onopen = () => {
      began = true;
      const one = openShell({
        transport: {
          send: (bytes) => way.readyState === WebSocket.OPEN && way.send(bytes),
          close: () => way.close(1_000),
        },
        hostKey,
        key: own,
        size: options.size(),
        onData: options.onData,
        onOpen: () => {
          wasOpen = true;
          tries = 0;
          one.resize(options.size());
          options.onState({ kind: 'open' });
        },
      });
      shell = one;
      way.onmessage = ({ data }) => data instanceof ArrayBuffer && one.feed(new Uint8Array(data));
      one.ended.then(
        (exit) => over(endingOfExit(exit)),
        (error: Error) => {
          if (error.name === 'NotLetIn' && !wasOpen) again(endingOfFault(error), MOST_UNHEARD_TRIES);
          else if (error.name !== 'Ended') over(endingOfFault(error));
          // Whether it was lost is said by the closing of the way.
          else if (way.readyState === WebSocket.CLOSED) lost();
          else way.addEventListener('close', lost, { once: true });
        },
      );
    };
    const lost = () => {
      if (closed) return;
      if (isLost(code) || (code === TERMINAL_ENDS.unreachable && tries < MOST_FIRST_TRIES)) again(endingOfCode(code));
      else over(endingOfCode(code));
    };
    way.onclose = (event) => {
      code = event.code;
      shell?.end();
      if (!began) lost();
    };
  }

  return {
    start(): void {
      const why = whyNoTerminal();
      if (why === null) void attempt();
      else over({ sentence: why, again: false });
    },
    /** False when it was not taken. */
    type(bytes: Bytes): boolean {
      const now = performance.now();
      if (socket?.readyState === WebSocket.OPEN && (activeAt === 0 || now - activeAt > ACTIVE_EVERY_MS)) {
        activeAt = now;
        socket.send('active');
      }
      return shell?.type(bytes) ?? false;
    },
    resize: (size: Size) => shell?.resize(size),
    close(): void {
      closed = true;
      clearTimeout(timer);
      shell?.close();
      socket?.close(1_000);
    },
  };
}
export type TerminalConnection = ReturnType<typeof terminalConnection>;
