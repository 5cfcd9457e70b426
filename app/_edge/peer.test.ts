import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ASKED_HEADER, clientAddress, PEER_HEADER, tellPeers } from './peer.ts';

describe('the address of a client', () => {
  it('is that of its socket, whatever it claims', () => {
    expect(clientAddress('203.0.113.9', '198.51.100.1', 0)).toBe('203.0.113.9');
    expect(clientAddress('::ffff:203.0.113.9', null, 0)).toBe('::ffff:203.0.113.9');
  });

  it('is what the outermost of our own proxies saw', () => {
    expect(clientAddress('10.0.0.1', '198.51.100.1', 1)).toBe('198.51.100.1');
    expect(clientAddress('10.0.0.1', '1.2.3.4, 198.51.100.1', 1)).toBe('198.51.100.1');
    expect(clientAddress('10.0.0.1', '1.2.3.4, 198.51.100.1, 10.0.0.2', 2)).toBe('198.51.100.1');
    expect(clientAddress('10.0.0.1', '[2001:db8::1]:4711', 1)).toBe('2001:db8::1');
    expect(clientAddress('10.0.0.1', '198.51.100.1:4711', 1)).toBe('198.51.100.1');
  });

  it('is "unknown" when it is none', () => {
    expect(clientAddress(null, null, 0)).toBe('unknown');
    expect(clientAddress('10.0.0.1', "'; DROP TABLE rate_limits", 1)).toBe('unknown');
  });

  it('cannot be forged by sending the header that pages read', async () => {
    tellPeers();
    tellPeers();
    const server = createServer((request, response) => {
      response.end(JSON.stringify([request.headers[PEER_HEADER], request.headers[ASKED_HEADER]]));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/a?b=c`, {
      headers: { [PEER_HEADER]: '1.1.1.1', [ASKED_HEADER]: '/x' },
    });
    expect(await answer.json()).toEqual(['127.0.0.1', '/a?b=c']);
    expect((await fetch(`http://127.0.0.1:${port}/a?after=%00`)).status).toBe(400);
    server.close();
  });
});

describe('a form that a page receives', () => {
  const whole = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n';

  async function send(
    body: string | Uint8Array<ArrayBuffer>,
    path = '/sign-in',
    type = 'multipart/form-data; boundary=x',
  ) {
    tellPeers();
    const server = createServer(async (request, response) => {
      let text = '';
      for await (const part of request) text += part;
      response.end(`got ${text.length}: ${text.slice(0, 200)}`);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      body,
      headers: { 'content-type': type },
    });
    const said = await answer.text();
    server.close();
    return { status: answer.status, said };
  }

  it('arrives to the letter when it is whole, however large it is below 1 MB', async () => {
    expect(await send(whole)).toEqual({ status: 200, said: `got ${whole.length}: ${whole}` });
    const large = whole.replace('b\r\n', `${'b'.repeat(900_000)}\r\n`);
    expect((await send(large)).said).toContain(`got ${large.length}:`);
    expect((await send('rubbish', '/sign-in', 'text/plain')).said).toBe('got 7: rubbish');
    expect((await send('rubbish', '/api/v1/x')).said).toBe('got 7: rubbish');
  });

  it('is refused with a sentence when it is cut off, empty or too large', async () => {
    for (const body of ['rubbish', whole.slice(0, -5), `x${whole}`, ''])
      expect(await send(body)).toMatchObject({ status: 400, said: expect.stringContaining('Load the page again') });
    expect((await send(whole, '/sign-in', 'multipart/form-data')).status).toBe(400);
    expect((await send(new Uint8Array(1_000_001))).status).toBe(413);
  });
});
