import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  challengeRequest,
  connectRequest,
  connectText,
  type DesiredWorkload,
  enrolRequest,
  enrolText,
  logsRequest,
  type SyncRequest,
  syncRequest,
  type WorkloadReport,
} from '#protocol/agent.ts';
import { type AgentLogRequest, agentLogRequest } from '#protocol/agent-log.ts';
import { sha256, signPayload, verifySigned } from '#protocol/keys.ts';
import { metricsRequest, type Sample } from '#protocol/metrics.ts';
import type { SelfTest, Specification } from '#protocol/specification.ts';
import { NO_PREVIOUS, type Statement, statement } from '#protocol/statement.ts';
import { DOMAINS, PROTOCOL_VERSION, type Signed, signedText } from '#protocol/words.ts';
import { keyPair } from '#tests/support/tunnel.ts';

/** One machine as the double knows it. */
export type DoubleMachine = {
  machineId: string;
  signingKey: string;
  sealingKey: string;
  token: string;
  generation: number;
  desired: DesiredWorkload[];
  defaultJob: Signed | null;
  idle: SyncRequest['defaultJob'];
  specification: Specification | null;
  selfTest: SelfTest | null;
  reports: Map<string, WorkloadReport>;
  /** Every phase that was heard of a lease, without repetition. */
  phases: Map<string, string[]>;
  statements: Map<string, Statement[]>;
  printed: string;
  samples: Sample[];
  ownLog: AgentLogRequest['lines'];
  syncs: SyncRequest[];
  held: number;
  /** Its agent said good-bye. */
  left: boolean;
};

type Answer = { status: number; body: unknown };

const refusal = (status: number, reason: string, detail: string): Answer => ({
  status,
  body: { type: `about:blank#${reason}`, title: reason, status, detail, reason },
});

/**
 * The least that an agent takes for a market: speaks the protocol by its own schemas over real HTTP, checks signatures and
 * chains, believes everything else. `heard` emits 'sync' after each.
 */
export async function startMarketDouble() {
  const leaseKeys = keyPair();
  const machines = new Map<string, DoubleMachine>();
  const codes = new Set<string>();
  const heard = new EventEmitter().setMaxListeners(0);
  const faults: { protocol: number; storeNothing: boolean; complaints: string[] } = {
    protocol: PROTOCOL_VERSION,
    storeNothing: false,
    complaints: [],
  };
  /** What is served at other paths than the protocol's. */
  const pages = new Map<string, string | Buffer>();
  let server: Server | null = null;
  let port = 0;

  const now = () => new Date().toISOString();
  const find = (machineId: string) => {
    const machine = machines.get(machineId);
    if (machine === undefined) throw refusal(401, 'agentUnknown', 'This machine is not enrolled here.');
    return machine;
  };

  function enrol(body: unknown): Answer {
    const request = enrolRequest.parse(body);
    const { code, signingKey, sealingKey, specification } = request;
    const proof = { payload: enrolText(code, signingKey, sealingKey), signature: request.proof };
    if (!verifySigned(DOMAINS.enrol, proof, signingKey)) return refusal(401, 'signatureInvalid', 'Bad proof.');
    if (!codes.delete(code)) return refusal(410, 'codeInvalid', 'This enrolment code is used, expired or unknown.');
    // Unlike any other's: on one Docker Engine an agent's containers are told apart by it.
    const machineId = `mch_${randomUUID()}`;
    machines.set(machineId, {
      machineId,
      signingKey,
      sealingKey,
      token: '',
      generation: 0,
      desired: [],
      defaultJob: null,
      idle: null,
      specification,
      selfTest: null,
      reports: new Map(),
      phases: new Map(),
      statements: new Map(),
      printed: '',
      samples: [],
      ownLog: [],
      syncs: [],
      held: 0,
      left: false,
    });
    return answer({ machineId, leaseKey: leaseKeys.publicKey, now: now() });
  }

  const nonces = new Set<string>();
  function connect(body: unknown): Answer {
    const request = connectRequest.parse(body);
    const machine = find(request.machineId);
    const proof = { payload: connectText(machine.machineId, request.nonce, request.bootId), signature: request.proof };
    if (!nonces.delete(request.nonce)) return refusal(409, 'replayed', 'This message was already received.');
    if (!verifySigned(DOMAINS.connect, proof, machine.signingKey))
      return refusal(401, 'signatureInvalid', 'Bad proof.');
    machine.token = randomUUID();
    return answer({ token: machine.token, now: now() });
  }

  const answer = (words: object): Answer => ({ status: 200, body: { protocol: faults.protocol, ...words } });

  function store(machine: DoubleMachine, request: SyncRequest): Record<string, number> {
    const stored: Record<string, number> = {};
    if (faults.storeNothing) return stored;
    for (const signed of request.statements) {
      const made = statement.parse(JSON.parse(signed.payload));
      const chain = machine.statements.get(made.leaseId) ?? [];
      if (!verifySigned(DOMAINS.statement, signed, machine.signingKey)) faults.complaints.push('a forged statement');
      const known = chain[made.sequence];
      if (known !== undefined && JSON.stringify(known) !== signed.payload)
        faults.complaints.push('a second was told twice');
      if (made.sequence === chain.length) {
        const before = chain.at(-1);
        const previous =
          before === undefined ? NO_PREVIOUS : sha256(signedText(DOMAINS.statement, JSON.stringify(before)));
        if (made.previous !== previous) faults.complaints.push('a broken chain');
        if (before !== undefined && made.startsAt < before.endsAt) faults.complaints.push('statements overlap');
        chain.push(made);
      } else if (known === undefined) faults.complaints.push('a gap in the chain');
      machine.statements.set(made.leaseId, chain);
      stored[made.leaseId] = chain.length - 1;
    }
    return stored;
  }

  async function sync(machine: DoubleMachine, body: unknown, gone: AbortSignal): Promise<Answer> {
    const request = syncRequest.parse(body);
    machine.syncs.push(request);
    if (request.specification !== null) machine.specification = request.specification;
    if (request.selfTest !== null) machine.selfTest = request.selfTest;
    machine.idle = request.defaultJob;
    machine.reports = new Map(request.workloads.map((report) => [report.leaseId, report]));
    for (const { leaseId, phase } of request.workloads) {
      const phases = machine.phases.get(leaseId) ?? [];
      if (phases.at(-1) !== phase) phases.push(phase);
      machine.phases.set(leaseId, phases);
    }
    const stored = store(machine, request);
    heard.emit('sync', machine);
    if (request.hold && request.generation === machine.generation) {
      machine.held += 1;
      await once(heard, `news ${machine.machineId}`, { signal: gone }).catch(() => undefined);
      machine.held -= 1;
    }
    const { generation, desired } = machine;
    return answer({ now: now(), generation, workloads: desired, defaultJob: machine.defaultJob, stored, messages: [] });
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<Answer> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    let text = '';
    for await (const chunk of request) text += chunk;
    const body: unknown = JSON.parse(text);
    const path = (request.url ?? '').replace('/api/agent/v1/', '');
    if (path === 'enrol') return enrol(body);
    if (path === 'challenge') {
      find(challengeRequest.parse(body).machineId);
      const nonce = randomUUID();
      nonces.add(nonce);
      return answer({ nonce, now: now() });
    }
    if (path === 'connect') return connect(body);
    const token = request.headers.authorization?.replace('Bearer ', '');
    const machine = [...machines.values()].find((one) => one.token !== '' && one.token === token);
    if (machine === undefined)
      return refusal(401, 'sessionOver', 'This connection of the agent is over. Connect again.');
    if (path === 'sync') return sync(machine, body, gone.signal);
    if (path === 'leave') {
      machine.left = true;
      return answer({ now: now(), outcome: 'retired' });
    }
    if (path === 'agent-log') {
      machine.ownLog.push(...agentLogRequest.parse(body).lines);
      return answer({ now: now() });
    }
    if (path === 'metrics') {
      machine.samples.push(...metricsRequest.parse(body).samples);
      return answer({ now: now() });
    }
    if (path !== 'logs') return refusal(404, 'notFound', 'Nothing here.');
    for (const { text: piece } of logsRequest.parse(body).chunks) machine.printed += piece;
    heard.emit('sync', machine);
    return answer({});
  }

  const listener = (request: IncomingMessage, response: ServerResponse) => {
    if (request.method === 'GET') {
      const page = pages.get(request.url ?? '');
      response.writeHead(page === undefined ? 404 : 200).end(page);
      return;
    }
    handle(request, response)
      .catch((error): Answer => {
        if (typeof error === 'object' && error !== null && 'status' in error) return error as Answer;
        faults.complaints.push(String(error));
        return refusal(422, 'badInput', String(error));
      })
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      });
  };

  async function up(): Promise<void> {
    if (server !== null) return;
    server = createServer(listener).listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  }

  async function down(): Promise<void> {
    if (server === null) return;
    const closing = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closing;
    server = null;
  }

  await up();
  return {
    url: `http://127.0.0.1:${port}`,
    leaseKeys,
    machines,
    pages,
    faults,
    heard,
    up,
    down,
    newCode(): string {
      const code = randomUUID();
      codes.add(code);
      return code;
    },
    /** What the machine runs for its host while no rental is there. */
    wantIdle(machineId: string, job: { image: string; revision: number } | null): void {
      const machine = find(machineId);
      const text = JSON.stringify({ v: PROTOCOL_VERSION, machineId, command: null, ...job });
      machine.defaultJob = job === null ? null : signPayload(DOMAINS.defaultJob, text, leaseKeys.privateKey);
      machine.generation += 1;
      heard.emit(`news ${machineId}`);
    },
    /** What the market wants of a machine from now on; held requests are answered. */
    want(machineId: string, desired: DesiredWorkload[]): void {
      const machine = find(machineId);
      machine.desired = desired;
      machine.generation += 1;
      heard.emit(`news ${machineId}`);
    },
    /** Resolves when `look` is true of a machine, looking again after each thing it says. */
    async until(
      machineId: string,
      look: (machine: DoubleMachine) => boolean,
      withinMs = 45_000,
    ): Promise<DoubleMachine> {
      const machine = find(machineId);
      const late = AbortSignal.timeout(withinMs);
      while (!look(machine)) await once(heard, 'sync', { signal: late });
      return machine;
    },
  };
}

export type MarketDouble = Awaited<ReturnType<typeof startMarketDouble>>;
