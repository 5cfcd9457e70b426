import { connect } from 'node:net';
import type { Size } from '#components/terminal/ssh/channel.ts';
import { openShell } from '#components/terminal/ssh/shell.ts';
import { eventually } from './eventually.ts';

/** The page's ssh client over a TCP connection instead of a WebSocket, driven as a person would. */
export function browserShell(
  port: number,
  about: { hostKey: string; key: CryptoKeyPair; size?: Size; keepsUp?: () => boolean },
) {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  let seen = '';
  let bytes = 0;
  let opened: () => void = () => undefined;
  const open = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const decoder = new TextDecoder();
  const unread: (() => void)[] = [];
  const shell = openShell({
    transport: { send: (part) => void socket.write(part), close: () => socket.destroy() },
    hostKey: about.hostKey,
    key: about.key,
    size: about.size ?? { columns: 80, rows: 24 },
    onData(part, shown) {
      bytes += part.length;
      seen = (seen + decoder.decode(part, { stream: true })).slice(-200_000);
      if (about.keepsUp?.() === false) unread.push(shown);
      else shown();
    },
    onOpen: () => opened(),
  });
  shell.ended.catch(() => undefined);
  const isOpen = Promise.race([open, shell.ended.then(() => Promise.reject(new Error('it ended')))]);
  isOpen.catch(() => undefined);
  socket.on('data', (part: Buffer) => shell.feed(new Uint8Array(part)));
  socket.on('error', () => shell.end());
  socket.on('close', () => shell.end());
  return {
    shell,
    socket,
    open: isOpen,
    seen: () => seen,
    bytes: () => bytes,
    readOn: () => {
      for (const shown of unread.splice(0)) shown();
    },
    type: (text: string) => shell.type(new TextEncoder().encode(text)),
    sees: (pattern: RegExp) =>
      eventually(() => {
        const match = pattern.exec(seen);
        if (match === null) throw new Error(`${pattern} is not in ${JSON.stringify(seen.slice(-2_000))}`);
        return match;
      }),
  };
}
