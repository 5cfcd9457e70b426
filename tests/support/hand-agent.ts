import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { agentDoor } from '#doors/agent/app.ts';
import { createEnrolmentCode } from '#lib/agents/create-enrolment-code.ts';
import type { Actor } from '#lib/base/actor.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { connectText, type EnrolRequest, enrolText, type SyncAnswer, type SyncRequest } from '#protocol/agent.ts';
import { signPayload } from '#protocol/keys.ts';
import type { Specification } from '#protocol/specification.ts';
import { DOMAINS, PROTOCOL_VERSION } from '#protocol/words.ts';
import { NOW, specificationOf } from './stalls.ts';
import { type KeyPair, keyPair } from './tunnel.ts';

if (!process.env.SUBLET_LEASE_KEY) {
  const { privateKey } = generateKeyPairSync('ed25519');
  process.env.SUBLET_LEASE_KEY = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  forgetEnv();
}

export const gpu = (uuid = `GPU-${randomBytes(8).toString('hex')}`, model = 'NVIDIA GeForce RTX 4090') => ({
  uuid,
  model,
  vramBytes: 24 * 1_073_741_824,
});

/** A clock that stands until it is moved, and a door for agents that goes by it. */
export function doorWorld(options: { holdMs?: number } = {}) {
  let at = NOW.getTime();
  const world = { now: () => new Date(at) };
  return {
    world,
    door: agentDoor(world, options),
    pass: (seconds: number) => {
      at += seconds * 1_000;
    },
  };
}
export type DoorWorld = ReturnType<typeof doorWorld>;

export type Answer = { status: number; body: Record<string, unknown>; response: Response };

export async function post(
  { door }: Pick<DoorWorld, 'door'>,
  path: string,
  body: unknown,
  options: { token?: string; signal?: AbortSignal } = {},
): Promise<Answer> {
  const response = await door.request(`/api/agent/v1/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown>, response };
}

export function enrolRequestFor(
  code: string,
  keys: { signing: KeyPair; sealingKey: string },
  specification: Specification,
  now = NOW,
): EnrolRequest {
  const { publicKey, privateKey } = keys.signing;
  const proof = signPayload(DOMAINS.enrol, enrolText(code, publicKey, keys.sealingKey), privateKey).signature;
  return {
    protocol: PROTOCOL_VERSION,
    code,
    signingKey: publicKey,
    sealingKey: keys.sealingKey,
    agentVersion: 'test-1',
    now: now.toISOString(),
    specification,
    proof,
  };
}

/** A hand-made agent: it can be made to say anything. */
export class HandAgent {
  keys = { signing: keyPair(), sealingKey: randomBytes(32).toString('base64url') };
  bootId = randomBytes(8).toString('hex');
  machineId = '';
  token = '';
  sequence = 0;
  generation = 0;
  readonly setting: DoorWorld;
  specification: Specification;

  constructor(setting: DoorWorld, specification: Specification) {
    this.setting = setting;
    this.specification = specification;
  }

  /** The same identity on another machine: same keys, another start. */
  copy(): HandAgent {
    const copy = new HandAgent(this.setting, this.specification);
    copy.keys = this.keys;
    copy.machineId = this.machineId;
    return copy;
  }

  /** The same machine after its agent was started again. */
  restart(): void {
    this.bootId = randomBytes(8).toString('hex');
    this.token = '';
  }

  async enrol(host: Actor): Promise<Answer> {
    const { code } = await createEnrolmentCode(host, this.setting.world);
    return this.enrolWith(code);
  }

  async enrolWith(code: string): Promise<Answer> {
    const request = enrolRequestFor(code, this.keys, this.specification, this.setting.world.now());
    const answer = await post(this.setting, 'enrol', request);
    if (answer.status === 200) this.machineId = String(answer.body.machineId);
    return answer;
  }

  async challenge(): Promise<string> {
    const said = { protocol: PROTOCOL_VERSION, machineId: this.machineId };
    return String((await post(this.setting, 'challenge', said)).body.nonce);
  }

  async connectWith(nonce: string, key: KeyPair = this.keys.signing): Promise<Answer> {
    const { machineId, bootId } = this;
    const proof = signPayload(DOMAINS.connect, connectText(machineId, nonce, bootId), key.privateKey).signature;
    const said = { protocol: PROTOCOL_VERSION, machineId, nonce, bootId, agentVersion: 'test-1', proof };
    const answer = await post(this.setting, 'connect', said);
    if (answer.status === 200) {
      this.token = String(answer.body.token);
      this.sequence = 0;
    }
    return answer;
  }

  async connect(): Promise<Answer> {
    return this.connectWith(await this.challenge());
  }

  syncBody(change: Partial<SyncRequest> = {}): SyncRequest {
    this.sequence += 1;
    return {
      protocol: PROTOCOL_VERSION,
      sequence: this.sequence,
      now: this.setting.world.now().toISOString(),
      generation: this.generation,
      hold: false,
      specification: null,
      selfTest: null,
      workloads: [],
      statements: [],
      ...change,
    };
  }

  async sync(
    change: Partial<SyncRequest> = {},
    options: { signal?: AbortSignal; token?: string } = {},
  ): Promise<Answer & { said: SyncAnswer }> {
    const answer = await post(this.setting, 'sync', this.syncBody(change), { token: this.token, ...options });
    const said = answer.body as unknown as SyncAnswer;
    if (answer.status === 200) this.generation = said.generation;
    return { ...answer, said };
  }
}

export function handAgent(setting: DoorWorld, specification: Specification = specificationOf([gpu()])): HandAgent {
  return new HandAgent(setting, specification);
}

/** An enrolled and connected agent of this host. */
export async function connectedAgent(
  setting: DoorWorld,
  host: Actor,
  specification?: Specification,
): Promise<HandAgent> {
  const agent = handAgent(setting, specification);
  await agent.enrol(host);
  await agent.connect();
  return agent;
}
