import '#tests/support/database.ts';
import { once } from 'node:events';
import { createServer as createHttp, type Server } from 'node:http';
import { type AddressInfo, createServer, type Socket, type Server as TcpServer } from 'node:net';
import { encode } from 'next-auth/jwt';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { TERMINAL_PROTOCOL, terminalDoor } from '#app/_edge/terminal-door.ts';
import { newKey, publicLineOf } from '#components/terminal/ssh/login.ts';
import { revokeSession } from '#lib/auth/revoke-session.ts';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld } from '#lib/base/time.ts';
import { type OpenedTerminal, openTerminal } from '#lib/bookings/open-terminal.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { live } from '#lib/io/live.ts';
import { MOST_WAITING_BYTES } from '#lib/io/relay.ts';
import { sql } from '#tests/support/database.ts';
import { eventually } from '#tests/support/eventually.ts';
import { person } from '#tests/support/people.ts';
import { type RentalHand, type RentalMarket, rentalMarket } from '#tests/support/rental.ts';

const SECRET = 'a secret of the tests that is long enough';
let http: Server;
let machine: TcpServer;
let machines: Socket[] = [];
/** What the other end of the gateway's port does with a connection. */
let behave: (socket: Socket) => void = (socket) => void socket.pipe(socket);
let origin = '';
let market: RentalMarket;
let rental: RentalHand;

beforeAll(async () => {
  machine = createServer((socket) => {
    machines.push(socket);
    socket.on('error', () => {});
    behave(socket);
  });
  machine.listen(0, '127.0.0.1');
  const door = terminalDoor({ cookieName: () => 'sublet.session', secret: () => SECRET });
  http = createHttp((_, answer) => answer.end());
  http.on('upgrade', (request, stream, head) => door(request, stream, head) || stream.destroy());
  http.listen(0, '127.0.0.1');
  await Promise.all([once(machine, 'listening'), once(http, 'listening')]);
  await live.ready();
  origin = new URL(env().publicUrl).origin;
});
beforeEach(async () => {
  market = await rentalMarket();
  rental = await market.book();
  await rental.connect();
  // The door goes by the real clock, and to a gateway on this machine.
  await sql("UPDATE bookings SET ends_at = now() + interval '1 day', gateway_port = $2 WHERE id = $1", [
    rental.id,
    (machine.address() as AddressInfo).port,
  ]);
  for (const place of env().gateways) Object.assign(place, { innerHost: '127.0.0.1' });
});
afterEach(() => {
  for (const socket of machines) socket.destroy();
  machines = [];
  behave = (socket) => void socket.pipe(socket);
});
afterAll(async () => {
  http.closeAllConnections();
  http.close();
  machine.close();
  await live.close();
});

const cookieOf = async (who: Actor, secret = SECRET) =>
  `sublet.session=${await encode({ token: { sub: who.userId, sessionId: who.sessionId }, secret, maxAge: 600 })}`;
const opened = async () =>
  openTerminal(market.renter, { bookingId: rental.id, publicKey: await publicLineOf(await newKey()) }, theWorld);

type Knock = { given?: OpenedTerminal; ticket?: string; cookie?: string; origin?: string };
async function knock(change: Knock = {}) {
  const given = change.given ?? (await opened());
  const { port } = http.address() as AddressInfo;
  const socket = new WebSocket(
    `ws://127.0.0.1:${port}/api/terminals/${given.terminalId}`,
    [TERMINAL_PROTOCOL, change.ticket ?? given.ticket],
    { headers: { cookie: change.cookie ?? (await cookieOf(market.renter)), origin: change.origin ?? origin } },
  );
  socket.on('error', () => {});
  const answer = new Promise<number>((resolve) => {
    socket.once('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
    socket.once('open', () => resolve(101));
  });
  const closed = new Promise<number>((resolve) => socket.once('close', (code) => resolve(code)));
  return { ...given, socket, answer, closed };
}
const rowOf = (id: string) => db.terminal.findUniqueOrThrow({ where: { id } });

describe('the door for terminals', () => {
  it('carries bytes both ways, as they are, and notes the end', async () => {
    const one = await knock();
    expect(await one.answer).toBe(101);
    expect(one.socket.protocol).toBe(TERMINAL_PROTOCOL);
    const echoed = once(one.socket, 'message');
    one.socket.send(Uint8Array.of(0, 255, 13, 10, 128));
    const [data] = await echoed;
    expect([...(data as Buffer)]).toEqual([0, 255, 13, 10, 128]);
    one.socket.close(1_000);
    await eventually(async () => (await rowOf(one.terminalId)).endReason === 'lost');
  });

  it('opens for no page of another site, and for nobody without the session', async () => {
    const given = await opened();
    for (const other of ['https://evil.example', 'null', `${origin}.evil.example`])
      expect(await (await knock({ given, origin: other })).answer, other).toBe(403);
    const forged = await cookieOf(market.renter, 'another secret of forty letters');
    for (const cookie of ['', 'sublet.session=x', forged])
      expect(await (await knock({ given, cookie })).answer, cookie).toBe(401);
    const stranger = await knock({ given, cookie: await cookieOf(await person()) });
    expect(await stranger.closed).toBe(4_003);
    expect(machines, 'nothing reached the machine').toEqual([]);
    const own = await knock({ given });
    expect(await own.answer, 'the ticket is still good for whom it was given to').toBe(101);
    await eventually(() => machines.length === 1);
    own.socket.terminate();
  });

  it('takes a ticket once', async () => {
    const one = await knock();
    await eventually(() => machines.length === 1);
    expect(await (await knock({ given: one })).closed).toBe(4_003);
    expect(await (await knock({ ticket: 'x'.repeat(32) })).closed).toBe(4_003);
    expect(machines).toHaveLength(1);
    one.socket.terminate();
  });

  it('says when the machine does not answer', async () => {
    behave = (socket) => socket.destroy();
    const one = await knock();
    expect(await one.closed).toBe(4_004);
    await eventually(async () => (await rowOf(one.terminalId)).endReason === 'unreachable');
  });

  it('tells a machine that went away from one that was never there', async () => {
    behave = (socket) => void socket.write('SSH-2.0-x\r\n', () => socket.destroy());
    expect(await (await knock()).closed).toBe(4_007);
  });

  it('closes at once when the session is revoked, and when the rental is stopped', async () => {
    const one = await knock();
    await one.answer;
    await eventually(() => machines.length === 1);
    await sql("UPDATE bookings SET desired = 'stopped' WHERE id = $1", [rental.id]);
    await sql(`SELECT pg_notify('sublet', $1)`, [JSON.stringify({ booking: rental.id })]);
    expect(await one.closed).toBe(4_002);
    await sql("UPDATE bookings SET desired = 'running' WHERE id = $1", [rental.id]);
    const two = await knock();
    await two.answer;
    await eventually(() => machines.length === 2);
    await revokeSession(market.renter, { id: market.renter.sessionId });
    expect(await two.closed).toBe(4_001);
    await eventually(() => machines.every(({ destroyed }) => destroyed));
  });

  it('holds back a machine that floods a page which does not read, and a page that floods a machine', async () => {
    let sent = 0;
    behave = (socket) => {
      const chunk = Buffer.alloc(65_536, 1);
      const pump = () => {
        while (socket.write(chunk)) sent += chunk.length;
        sent += chunk.length;
        socket.once('drain', pump);
      };
      pump();
    };
    const one = await knock();
    await one.answer;
    one.socket.pause();
    let before = -1;
    await eventually(async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      const still = sent === before;
      before = sent;
      return still && sent > 0;
    });
    // What the systems of both connections hold comes on top of ours.
    expect(sent).toBeLessThan(MOST_WAITING_BYTES + 24 * 1_048_576);
    one.socket.resume();
    await eventually(() => sent > before + 1_048_576);
    one.socket.terminate();
  });

  it('refuses a message that is larger than any of ours', async () => {
    const one = await knock();
    await one.answer;
    one.socket.send(Buffer.alloc(200_000));
    expect(await one.closed).toBe(1_009);
  });

  it('leaves other addresses to the pages', async () => {
    const { port } = http.address() as AddressInfo;
    for (const path of ['/api/terminals/', '/api/terminals/usr_x', '/_next/webpack-hmr']) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
      await once(socket, 'error');
    }
  });
});
