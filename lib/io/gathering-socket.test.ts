import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatheringSocket } from './gathering-socket.ts';

const server = createServer();
let socket: GatheringSocket;
let other: Socket;

beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  socket = new GatheringSocket();
  const coming = once(server, 'connection');
  socket.connect(address.port, '127.0.0.1');
  await once(socket, 'connect');
  [other] = await coming;
});
afterEach(() => {
  socket.destroy();
  other.destroy();
  server.close();
});

function say(...words: string[]): void {
  socket.cork();
  for (const word of words) socket.write(word);
  socket.uncork();
}

describe('a socket that gathers', () => {
  it('writes what is corked in one turn at once, in the order in which it was said', async () => {
    const writes = vi.spyOn(socket, '_writev');
    say('bind ', 'execute ');
    say('bind ', 'execute');
    expect(writes).not.toHaveBeenCalled();
    socket.end();
    expect(await text(other)).toBe('bind execute bind execute');
    expect(writes).toHaveBeenCalledTimes(1);
  });

  it('holds nothing back that is said in a later turn', async () => {
    say('first');
    expect(String((await once(other, 'data'))[0])).toBe('first');
    say('second');
    expect(String((await once(other, 'data'))[0])).toBe('second');
  });

  it('writes at once what nobody corked', async () => {
    socket.write('plain');
    expect(String((await once(other, 'data'))[0])).toBe('plain');
  });
});
