import { createPrivateKey, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connectText } from '#protocol/agent.ts';
import { signPayload } from '#protocol/keys.ts';
import { DOMAINS, PROTOCOL_VERSION } from '#protocol/words.ts';
import type { Identity } from './market.ts';

/**
 * Many simulated agents in one process, each with a connection of its own that stays open: handshake once, then one held sync
 * after the other, as agent/contact.ts speaks. Written straight on the sockets, so that the agents leave the processors to what
 * is measured. `node agents.ts PORT FILE FROM TO`, told what to do by its parent.
 */
const [port = '', file = '', from = '0', to = '0'] = process.argv.slice(2);
const HANDSHAKES_AT_ONCE = 12;

type Answer = { readonly status: number; readonly body: Record<string, unknown> };

/** One connection that carries one request at a time. */
class Line {
  readonly #socket: Socket;
  #heard = '';
  #answer: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true).setEncoding('utf8');
    socket.on('data', (text: string) => this.#take(text));
    socket.on('error', (error) => this.#answer?.reject(error));
    socket.on('close', () => this.#answer?.reject(new Error('the connection was closed')));
  }

  ask(path: string, body: string, token?: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
      this.#socket.write(
        `POST /api/agent/v1/${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\n${
          token === undefined ? '' : `authorization: Bearer ${token}\r\n`
        }content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    });
  }

  #take(text: string): void {
    this.#heard += text;
    const end = this.#heard.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(this.#heard)?.[1]);
    // Everything that is said here is ASCII.
    if (this.#heard.length < end + 4 + length) return;
    const body = this.#heard.slice(end + 4, end + 4 + length);
    const status = Number(this.#heard.slice(9, 12));
    this.#heard = this.#heard.slice(end + 4 + length);
    this.#answer?.resolve({ status, body: JSON.parse(body) as Record<string, unknown> });
  }
}

class SimulatedAgent {
  readonly identity: Identity;
  beats = 0;
  /** When its last sync was sent, ms since the epoch. */
  lastSaidAt = 0;
  dead = false;
  #line: Line | undefined;
  #token = '';
  #sequence = 0;
  #generation = 0;

  constructor(identity: Identity) {
    this.identity = identity;
  }

  async connect(): Promise<void> {
    const socket = connect(Number(port), '127.0.0.1');
    const line = new Line(socket);
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    this.#line = line;
    const { machineId, privateKeyDer, token } = this.identity;
    this.#token = token ?? (await this.#shakeHands(line, machineId, privateKeyDer));
  }

  async #shakeHands(line: Line, machineId: string, privateKeyDer: string): Promise<string> {
    const { body } = await said(line.ask('challenge', JSON.stringify({ protocol: PROTOCOL_VERSION, machineId })));
    const bootId = randomBytes(8).toString('hex');
    const nonce = String(body.nonce);
    const key = createPrivateKey({ key: Buffer.from(privateKeyDer, 'base64'), format: 'der', type: 'pkcs8' });
    const proof = signPayload(DOMAINS.connect, connectText(machineId, nonce, bootId), key).signature;
    const words = { protocol: PROTOCOL_VERSION, machineId, nonce, bootId, agentVersion: 'bench', proof };
    const answer = await said(line.ask('connect', JSON.stringify(words)));
    return String(answer.body.token);
  }

  async live(): Promise<void> {
    while (!this.dead) {
      this.#sequence += 1;
      this.lastSaidAt = Date.now();
      const now = new Date(this.lastSaidAt).toISOString();
      const { body } = await said(
        (this.#line as Line).ask(
          'sync',
          `{"protocol":${PROTOCOL_VERSION},"sequence":${this.#sequence},"now":"${now}","generation":${this.#generation},"hold":true,"specification":null,"selfTest":null,"workloads":[],"statements":[]}`,
          this.#token,
        ),
      );
      this.#generation = Number(body.generation);
      this.beats += 1;
    }
  }
}

async function said(asked: Promise<Answer>): Promise<Answer> {
  const answer = await asked;
  if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer;
}

const identities = (JSON.parse(readFileSync(file, 'utf8')) as Identity[]).slice(Number(from), Number(to));
const agents = identities.map((identity) => new SimulatedAgent(identity));
let failed = 0;
const live = (agent: SimulatedAgent) =>
  void agent.live().catch((error: Error) => {
    failed += 1;
    if (failed < 5) console.error(`an agent failed: ${error.message}`);
  });

const waiting = [...agents];
await Promise.all(
  Array.from({ length: HANDSHAKES_AT_ONCE }, async () => {
    for (let agent = waiting.shift(); agent !== undefined; agent = waiting.shift()) {
      await agent.connect();
      live(agent);
    }
  }),
);
process.send?.({ connected: agents.length });
process.on('message', (word: { readonly ask: 'count' } | { readonly ask: 'die'; readonly many: number }) => {
  if (word.ask === 'count') process.send?.({ beats: agents.reduce((sum, agent) => sum + agent.beats, 0), failed });
  else {
    // Their connections stay open and nothing more is said, as when a machine loses its power.
    const dying = agents.filter((agent) => !agent.dead).slice(0, word.many);
    for (const agent of dying) agent.dead = true;
    process.send?.({ died: dying.map(({ identity }) => identity.machineId), at: Date.now() });
  }
});
