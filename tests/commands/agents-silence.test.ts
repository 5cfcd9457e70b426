import { beforeEach, describe, expect, it } from 'vitest';
import { beatDoor } from '#lib/agents/beat-door.ts';
import { forgetHandshakes } from '#lib/agents/forget-handshakes.ts';
import { noteSilences } from '#lib/agents/note-silences.ts';
import { reliability } from '#lib/catalogue/reliability.ts';
import { db } from '#lib/io/db.ts';
import { sql } from '../support/database.ts';
import { person } from '../support/people.ts';
import { machineOf, NOW } from '../support/stalls.ts';

let at = NOW.getTime();
const world = { now: () => new Date(at) };
const instant = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);

/** The door is open for so long: it beats every five seconds, as it does. */
async function doorIsOpenFor(seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 5) {
    await beatDoor(world);
    at += 5_000;
  }
  await beatDoor(world);
}
const everythingIsDownFor = (seconds: number) => {
  at += seconds * 1_000;
};

beforeEach(async () => {
  at = NOW.getTime();
  await sql('DELETE FROM silences');
  await sql('DELETE FROM beats');
  await sql('UPDATE machines SET retired_at = now() WHERE retired_at IS NULL');
});

const silencesOf = (machineId: string) =>
  db.silence.findMany({ where: { machineId }, orderBy: { startsAt: 'asc' }, select: { startsAt: true, endsAt: true } });

describe('a machine that is not heard', () => {
  it('is silent after two minutes, from its last sign of life on, and its host is told once', async () => {
    const host = await person();
    const { machineId } = await machineOf(host);
    await doorIsOpenFor(110);
    expect(await noteSilences(world)).toBe(0);
    await doorIsOpenFor(15);
    expect(await noteSilences(world)).toBe(1);
    expect(await noteSilences(world)).toBe(0);
    expect(await silencesOf(machineId)).toEqual([{ startsAt: NOW, endsAt: null }]);
    expect(
      await sql(`SELECT user_id FROM events WHERE kind = 'machine.silent' AND machine_id = $1`, [machineId]),
    ).toEqual([{ user_id: host.userId }]);
  });

  it('is noted once by two workers that sweep at once', async () => {
    const { machineId } = await machineOf(await person());
    await doorIsOpenFor(150);
    const noted = await Promise.all([noteSilences(world), noteSilences(world), noteSilences(world)]);
    expect(noted.reduce((sum, count) => sum + count)).toBe(1);
    expect(await silencesOf(machineId)).toHaveLength(1);
  });

  it('never answered, or left the market: that is nobody’s silence', async () => {
    await machineOf(await person(), { lastSyncAt: null });
    await machineOf(await person(), { retiredAt: NOW });
    await doorIsOpenFor(150);
    expect(await noteSilences(world)).toBe(0);
  });
});

describe('an outage of ours', () => {
  it('is not held against a machine: without a beat nothing is noted, and afterwards it has two minutes to come back', async () => {
    const { machineId } = await machineOf(await person());
    expect(await noteSilences(world)).toBe(0);
    await doorIsOpenFor(30);
    everythingIsDownFor(7_200);
    expect(await noteSilences(world)).toBe(0);
    await doorIsOpenFor(100);
    expect(await noteSilences(world)).toBe(0);
    expect(await silencesOf(machineId)).toEqual([]);
  });

  it('ends what was noted before at our last sign of life, and what follows counts from our return', async () => {
    const { machineId } = await machineOf(await person());
    await doorIsOpenFor(200);
    await noteSilences(world);
    everythingIsDownFor(3_600);
    await doorIsOpenFor(130);
    await noteSilences(world);
    expect(await silencesOf(machineId)).toEqual([
      { startsAt: NOW, endsAt: instant(200) },
      { startsAt: instant(3_800), endsAt: null },
    ]);
    const told = `SELECT 1 FROM events WHERE kind = 'machine.silent' AND machine_id = $1`;
    expect(await sql(told, [machineId])).toHaveLength(1);
    at += 5_000;
    await db.machine.update({ where: { id: machineId }, data: { lastSyncAt: world.now() } });
    await sql('UPDATE silences SET ends_at = $2 WHERE machine_id = $1 AND ends_at IS NULL', [machineId, world.now()]);
    await doorIsOpenFor(130);
    await noteSilences(world);
    expect(await sql(told, [machineId])).toHaveLength(2);
  });

  it('leaves the reliability of every machine as it was, however long it lasts', async () => {
    const { machineId } = await machineOf(await person());
    const offers = [{ startsAt: instant(-10 * 86_400), endsAt: null }];
    everythingIsDownFor(86_400);
    await doorIsOpenFor(60);
    await noteSilences(world);
    expect(reliability(offers, await silencesOf(machineId), world.now())).toMatchObject({ basisPoints: 10_000 });
  });

  it('is noticed by one process only when several serve, and their clocks may differ a little', async () => {
    await beatDoor(world);
    everythingIsDownFor(60);
    const away = await Promise.all([beatDoor(world), beatDoor(world), beatDoor(world)]);
    expect(away.filter(Boolean)).toHaveLength(1);
    at -= 2_000;
    expect(await beatDoor(world)).toBe(false);
  });
});

describe('what is kept of handshakes', () => {
  it('goes when it is of no more use', async () => {
    const { machineId } = await machineOf(await person());
    const session = { machineId, bootId: 'b', agentVersion: '1', createdAt: NOW };
    await db.agentSession.createMany({
      data: [
        { ...session, id: 'old', tokenHash: 'old', supersededAt: instant(-31 * 86_400) },
        { ...session, id: 'recent', tokenHash: 'recent', supersededAt: instant(-86_400) },
        { ...session, id: 'present', tokenHash: 'present' },
      ],
    });
    await db.agentChallenge.createMany({
      data: [
        { nonce: 'past', machineId, expiresAt: instant(-61), usedAt: NOW },
        { nonce: 'fresh', machineId, expiresAt: instant(30), usedAt: NOW },
      ],
    });
    expect(await forgetHandshakes(world)).toBe(2);
    expect(await sql('SELECT id FROM agent_sessions WHERE machine_id = $1 ORDER BY id', [machineId])).toEqual([
      { id: 'present' },
      { id: 'recent' },
    ]);
    expect(await sql('SELECT nonce FROM agent_challenges')).toEqual([{ nonce: 'fresh' }]);
  });
});
