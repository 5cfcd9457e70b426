import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export type Received = { readonly from: string; readonly to: readonly string[]; readonly data: string };

/** A mail server on loopback that keeps what it gets, or refuses recipients with `refuse`. */
export async function mailServer() {
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  const state = { refuse: null as string | null };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    converse(socket, state, received);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}?ignoreTLS=true`,
    received,
    state,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function converse(socket: Socket, state: { refuse: string | null }, received: Received[]): void {
  let held = '';
  let letter = { from: '', to: [] as string[], data: '' };
  let inData = false;
  const say = (line: string) => socket.write(`${line}\r\n`);
  const hear = (line: string) => {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO' || verb === 'HELO' || verb === 'RSET' || verb === 'NOOP') return say('250 ok');
    if (verb === 'MAIL') {
      letter = { from: line, to: [], data: '' };
      return say('250 ok');
    }
    if (verb === 'RCPT') {
      if (state.refuse !== null) return say(state.refuse);
      letter.to.push(line);
      return say('250 ok');
    }
    if (verb === 'DATA') {
      inData = true;
      return say('354 go on');
    }
    if (verb === 'QUIT') return socket.end('221 bye\r\n');
    return say('502 unknown');
  };
  say('220 mail server of the tests');
  socket.on('data', (chunk) => {
    held += chunk.toString('utf8');
    for (;;) {
      const mark = inData ? '\r\n.\r\n' : '\r\n';
      const end = held.indexOf(mark);
      if (end === -1) return;
      const text = held.slice(0, end);
      held = held.slice(end + mark.length);
      if (!inData) {
        hear(text);
        continue;
      }
      inData = false;
      received.push({ ...letter, data: text });
      say('250 kept');
    }
  });
}
