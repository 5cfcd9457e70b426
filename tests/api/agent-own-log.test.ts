import { describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { AGENT_LOG_KEPT_LINES, AGENT_LOG_KEPT_SECONDS } from '#lib/agents/agent-log.ts';
import { forgetAgentLogs } from '#lib/agents/forget-agent-logs.ts';
import { agentLogOf, agentLogSince, wholeAgentLogOf } from '#lib/agents/queries/agent-log.ts';
import { recordAgentLog } from '#lib/agents/record-agent-log.ts';
import type { AgentLogLevel } from '#protocol/agent-log.ts';
import { refusal } from '../support/ask.ts';
import { sql } from '../support/database.ts';
import { connectedAgent, doorWorld, type HandAgent, post } from '../support/hand-agent.ts';
import { type Person, person } from '../support/people.ts';
import { NOW } from '../support/stalls.ts';

const setting = doorWorld();
const line = (sequence: number, message: string, level: AgentLogLevel = 'info', at = NOW) => ({
  sequence,
  at: at.toISOString(),
  level,
  message,
});
const send = (agent: HandAgent, lines: readonly object[], boot = 'boot-1') =>
  post(setting, 'agent-log', { protocol: 1, boot, lines }, { token: agent.token });
const messages = async (host: Person, machineId: string, ask = {}) =>
  (await agentLogOf(host, machineId, ask)).rows.map(({ message }) => message);

describe('the log of an agent', () => {
  it('is kept once, whatever is sent again, and read newest first, by level and by text', async () => {
    const host = await person();
    const agent = await connectedAgent(setting, host);
    const { machineId } = agent;
    const lines = [
      line(0, 'Agent 0.1.0 runs.'),
      line(1, 'Self-test: disk failed. 3 GiB free.', 'warn'),
      line(2, 'The machine could not be described: 100% of it.', 'error'),
    ];
    expect((await send(agent, lines)).status).toBe(200);
    expect((await send(agent, lines)).status).toBe(200);
    expect((await send(agent, [line(0, 'Agent 0.1.0 runs again.')], 'boot-2')).status).toBe(200);
    expect(await messages(host, machineId)).toEqual([
      'Agent 0.1.0 runs again.',
      ...lines.toReversed().map(({ message }) => message),
    ]);
    expect(await messages(host, machineId, { level: 'error' })).toEqual([lines[2]?.message]);
    expect(await messages(host, machineId, { level: 'warn', text: 'SELF-test' })).toEqual([lines[1]?.message]);
    // What is a pattern elsewhere is a text here.
    expect(await messages(host, machineId, { text: '100%' })).toEqual([lines[2]?.message]);
    expect(await messages(host, machineId, { text: '_gent' })).toEqual([]);
  });

  it('is paged, and brought whole as a file in the order in which it was said', async () => {
    const host = await person();
    const agent = await connectedAgent(setting, host);
    await send(
      agent,
      Array.from({ length: 5 }, (_, index) => line(index, `line ${index}`)),
    );
    const first = await agentLogOf(host, agent.machineId, { take: 2 });
    expect(first.rows.map(({ message }) => message)).toEqual(['line 4', 'line 3']);
    const rest = await agentLogOf(host, agent.machineId, { take: 10, after: first.next ?? '' });
    expect(rest).toMatchObject({ next: null, rows: [{ message: 'line 2' }, {}, { message: 'line 0' }] });
    expect((await wholeAgentLogOf(host, agent.machineId, {})).map(({ message }) => message)).toEqual(
      Array.from({ length: 5 }, (_, index) => `line ${index}`),
    );
    const answer = await v1.request(
      `/machines/${agent.machineId}/agent-log.txt?text=line%203`,
      {},
      { address: '::1', cookieActor: host },
    );
    expect(answer.headers.get('content-disposition')).toContain('attachment');
    expect(await answer.text()).toBe(`${NOW.toISOString()} info  line 3\n`);
    expect((await refusal(agentLogOf(host, agent.machineId, { after: 'x' }))).reason).toBe('badInput');
  });

  it('is followed: a held request is answered with what is said next, of the level and with the text that is asked for', async () => {
    const host = await person();
    const agent = await connectedAgent(setting, host);
    await send(agent, [line(0, 'before')]);
    const last = (await agentLogOf(host, agent.machineId, {})).rows[0]?.id ?? '';
    const ask = async (query: string) => {
      const path = `/machines/${agent.machineId}/agent-log?${query}`;
      const answer = await v1.request(path, {}, { address: '::1', cookieActor: host });
      return ((await answer.json()) as { rows: { message: string }[] }).rows.map(({ message }) => message);
    };
    expect(await ask(`since=${last}`)).toEqual([]);
    const followed = ask(`since=${last}&hold=true&level=warn&text=disk`);
    await send(agent, [line(1, 'disk is fine'), line(2, 'net is slow', 'warn'), line(3, 'the disk fails', 'error')]);
    expect(await followed).toEqual(['the disk fails']);
    expect(await ask(`since=${last}`)).toEqual(['disk is fine', 'net is slow', 'the disk fails']);
    expect(await ask('since=0')).toHaveLength(4);
    expect((await refusal(agentLogSince(await person(), agent.machineId, {}, last))).reason).toBe('notFound');
  });

  it('hides secrets that an agent let through, and is nobody else’s', async () => {
    const host = await person();
    const agent = await connectedAgent(setting, host);
    await send(agent, [line(0, 'password=hunter2\u001b[2J and so on')]);
    expect(await messages(host, agent.machineId)).toEqual(['password=(hidden) [2J and so on']);
    for (const other of [await person(), await person({ role: 'admin' })]) {
      expect((await refusal(agentLogOf(other, agent.machineId, {}))).reason).toBe('notFound');
      expect((await refusal(wholeAgentLogOf(other, agent.machineId, {}))).reason).toBe('notFound');
    }
  });

  it('keeps so many lines of a machine, and none for longer than was said', async () => {
    const host = await person();
    const agent = await connectedAgent(setting, host);
    const other = await connectedAgent(setting, host);
    await send(other, [line(0, 'of another machine')]);
    for (let begin = 0; begin < AGENT_LOG_KEPT_LINES + 400; begin += 200)
      await send(
        agent,
        Array.from({ length: 200 }, (_, index) => line(begin + index, `line ${begin + index}`)),
      );
    const kept = await wholeAgentLogOf(host, agent.machineId, {});
    expect(kept).toHaveLength(AGENT_LOG_KEPT_LINES);
    expect(kept[0]?.message).toBe('line 400');
    expect(await messages(host, other.machineId)).toHaveLength(1);
    const later = { now: () => new Date(NOW.getTime() + AGENT_LOG_KEPT_SECONDS * 1_000 + 1) };
    await send(other, [line(1, 'from a clock of the next century', 'info', new Date('2150-01-01T00:00:00Z'))]);
    expect(await forgetAgentLogs({ now: () => new Date(NOW.getTime() + AGENT_LOG_KEPT_SECONDS * 1_000) })).toBe(0);
    expect(await forgetAgentLogs(later)).toBeGreaterThan(AGENT_LOG_KEPT_LINES);
    expect(await messages(host, other.machineId)).toEqual([]);
  });

  it('is refused from who is not connected, too long, or too much at once', async () => {
    const host = await person();
    const agent = await connectedAgent(setting, host);
    const old = agent.token;
    agent.restart();
    await agent.connect();
    const request = { protocol: 1 as const, boot: 'b', lines: [line(0, 'x')] };
    expect((await refusal(recordAgentLog(old, request, setting.world))).reason).toBe('sessionOver');
    expect((await refusal(recordAgentLog('nobody', request, setting.world))).reason).toBe('agentUnknown');
    expect((await send(agent, [line(0, 'x'.repeat(2_001))])).status).toBe(422);
    expect((await send(agent, [line(0, '')])).status).toBe(422);
    expect((await send(agent, [line(2 ** 31, 'x')])).status).toBe(422);
    expect(
      (
        await send(
          agent,
          Array.from({ length: 201 }, (_, index) => line(index, 'x')),
        )
      ).status,
    ).toBe(422);
    expect((await send(agent, [{ ...line(0, 'x'), level: 'fatal' }])).status).toBe(422);
  });

  it('is held by the table itself', async () => {
    const { machineId } = await connectedAgent(setting, await person());
    const insert = (level: string, message: string, sequence = 0, of = machineId) =>
      sql(
        `INSERT INTO agent_log_lines (machine_id, boot, sequence, at, level, message) VALUES ($1, 'b', $2, now(), $3, $4)`,
        [of, sequence, level, message],
      );
    await insert('info', 'x');
    await expect(insert('info', 'x')).rejects.toThrow('agent_log_lines_machine_id_boot_sequence_key');
    await expect(insert('fatal', 'x', 1)).rejects.toThrow('agent_log_lines_level');
    await expect(insert('info', '', 1)).rejects.toThrow('agent_log_lines_message');
    await expect(insert('info', 'x'.repeat(2_001), 1)).rejects.toThrow('agent_log_lines_message');
    await expect(insert('info', 'x', -1)).rejects.toThrow('agent_log_lines_sequence');
    await expect(insert('info', 'x', 1, 'mch_none')).rejects.toThrow('agent_log_lines_machine_id_fkey');
  });
});
