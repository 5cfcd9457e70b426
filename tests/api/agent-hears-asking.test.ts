import '../support/database.ts';
import '../support/hand-agent.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { memoryRuntime } from '#agent/act/memory.ts';
import { type Agent, startAgent } from '#agent/agent.ts';
import { systemClock } from '#agent/clock.ts';
import { enrol } from '#agent/enrol.ts';
import { keysFrom, makeKeys } from '#agent/io/identity.ts';
import { type Journal, openJournal } from '#agent/io/journal.ts';
import { httpMarket } from '#agent/io/market.ts';
import { silentLog } from '#agent/log.ts';
import { ownLogOf } from '#agent/own-log.ts';
import { agentDoor } from '#doors/agent/app.ts';
import { askSelfTest } from '#lib/agents/ask-self-test.ts';
import { createEnrolmentCode } from '#lib/agents/create-enrolment-code.ts';
import { agentLogOf } from '#lib/agents/queries/agent-log.ts';
import { onboardingOf } from '#lib/agents/queries/onboarding.ts';
import { theWorld } from '#lib/base/time.ts';
import { plainSpecification } from '#tests/support/agent.ts';
import { eventually } from '#tests/support/eventually.ts';
import { type Person, person } from '#tests/support/people.ts';
import { serveDoor } from '#tests/support/serve-door.ts';

const folder = mkdtempSync(join(tmpdir(), 'hears-'));
const state = { passes: false, runs: 0 };
const stop = new AbortController();
let door: Awaited<ReturnType<typeof serveDoor>>;
let agent: Agent;
let journal: Journal;
let host: Person;
let machineId: string;
let shipped: Promise<void>;

beforeAll(async () => {
  host = await person({ now: theWorld.now() });
  door = await serveDoor(agentDoor());
  const market = httpMarket(door.url);
  const keys = keysFrom(makeKeys());
  const specification = { ...plainSpecification, hostname: 'hears' };
  const { code } = await createEnrolmentCode(host);
  const enrolled = await enrol({ market, keys, code, specification, agentVersion: '1', clock: systemClock });
  machineId = enrolled.machineId;
  journal = openJournal(join(folder, 'journal.sqlite'));
  const own = ownLogOf({ log: silentLog, boot: 'boot', now: Date.now });
  agent = await startAgent({
    identity: enrolled,
    keys,
    market,
    runtime: memoryRuntime(),
    journal,
    clock: systemClock,
    machineBoot: 'boot',
    agentVersion: '1',
    log: own.log,
    describe: async () => specification,
    async selfTest() {
      state.runs += 1;
      const { passes } = state;
      const check = { name: 'disk', passed: passes, detail: 'A disk.', fix: passes ? null : 'Make room.' };
      return { at: new Date().toISOString(), passed: passes, checks: [check] };
    },
  });
  shipped = own.ship({ token: agent.contact.token, send: market.sendOwnLog }, stop.signal);
});
afterAll(async () => {
  stop.abort();
  await agent.stop();
  await shipped;
  journal.close();
  await door.close();
  rmSync(folder, { recursive: true });
});

const facts = async () => (await onboardingOf(host, { machineId }, theWorld.now())).facts.machine;

it('an agent that is held hears at once that its host asks for the self-test, runs it once and answers', async () => {
  await eventually(async () => (await facts())?.test?.failed === 1);
  const before = state.runs;
  state.passes = true;
  await askSelfTest(host, { machineId });
  expect(await facts()).toMatchObject({ testAwaited: true });
  await eventually(async () => (await facts())?.test?.passed === true);
  expect(await facts()).toMatchObject({ testAwaited: false, health: 'online' });
  expect(state.runs).toBe(before + 1);
});

it('what it says of its own work is read by its host', async () => {
  const said = async () => (await agentLogOf(host, machineId, {})).rows.map(({ message }) => message);
  await eventually(async () => (await said()).includes('The self-test passed.'));
  expect(await said()).toContain('Self-test: disk failed. A disk. Make room.');
});
