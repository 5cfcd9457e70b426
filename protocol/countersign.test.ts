import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyPair } from '#tests/support/tunnel.ts';
import { CLIENT_SLACK_SECONDS, Doubt, firstSight, type Witnessed, witness } from './countersign.ts';
import { countersignatureText, readCountersignature } from './countersignature.ts';
import { sha256, sha256Bytes, signPayload, verifyBytes } from './keys.ts';
import { NO_PREVIOUS, type Statement } from './statement.ts';
import { DOMAINS, type Signed, signedText } from './words.ts';

const T0 = Date.parse('2026-11-23T12:00:00.000Z');
const machine = keyPair();
const tools = { sha256: sha256Bytes, verify: verifyBytes };
const first = () => firstSight({ leaseId: 'lse', machineId: 'mch', machineKey: machine.publicKey }, T0);

/** A chain of statements of so many seconds each, as a machine signs them. */
function chain(seconds: readonly number[], change: (at: number) => Partial<Statement> = () => ({})): Signed[] {
  let previous = NO_PREVIOUS;
  let from = T0;
  return seconds.map((length, at) => {
    const said: Statement = {
      v: 1,
      leaseId: 'lse',
      machineId: 'mch',
      sequence: at,
      previous,
      startsAt: new Date(from).toISOString(),
      endsAt: new Date(from + length * 1_000).toISOString(),
      monotonicSeconds: length,
      state: 'running',
      gpuUuids: ['GPU-a', 'GPU-b'],
      gpuSeconds: 2 * length,
      diskByteSeconds: '0',
      ...change(at),
    };
    const signed = signPayload(DOMAINS.statement, JSON.stringify(said), machine.privateKey);
    from += length * 1_000;
    previous = sha256(signedText(DOMAINS.statement, signed.payload));
    return signed;
  });
}

const doubtOf = async (asked: Promise<Witnessed>): Promise<Doubt | null> => {
  try {
    await asked;
    return null;
  } catch (error) {
    if (error instanceof Doubt) return error;
    throw error;
  }
};
const at = (seconds: number) => T0 + seconds * 1_000;

describe('a renter’s client', () => {
  it('agrees to what the machine signed while it had the rental in view, in one look or in many', async () => {
    const all = chain([60, 60, 30]);
    const whole = await witness(first(), all, at(150), tools);
    expect(whole).toMatchObject({ sequence: 2, claimedSeconds: 150 });
    let seen = first();
    for (const [index, signed] of all.entries()) seen = await witness(seen, [signed], at(60 * (index + 1)), tools);
    expect(seen).toEqual(whole);
    expect(await witness(whole, [], at(9_999), tools)).toEqual(whole);
  });

  it('doubts a statement that another key signed, that is of another rental, or that is none', async () => {
    const [good] = chain([60]) as [Signed];
    const forged = signPayload(DOMAINS.statement, good.payload, keyPair().privateKey);
    expect((await doubtOf(witness(first(), [forged], at(60), tools)))?.message).toContain('not signed by the machine');
    const other = chain([60], () => ({ leaseId: 'another' }));
    expect((await doubtOf(witness(first(), other, at(60), tools)))?.message).toContain('none of this rental');
    const rubbish = signPayload(DOMAINS.statement, '{}', machine.privateKey);
    expect(await doubtOf(witness(first(), [rubbish], at(60), tools))).not.toBeNull();
  });

  it('doubts a chain that does not continue the last statement that it agreed to', async () => {
    const [a, b, c] = chain([60, 60, 60]) as [Signed, Signed, Signed];
    const seen = await witness(first(), [a], at(180), tools);
    for (const wrong of [[c], [a], [chain([60, 59])[1] as Signed, c]]) {
      const why = await doubtOf(witness(seen, wrong, at(180), tools));
      if (wrong.length === 1) expect(why?.message).toContain('does not continue');
    }
    const another = chain([61, 60])[1] as Signed;
    expect((await doubtOf(witness(seen, [another], at(180), tools)))?.message).toContain(
      'Statement 1 does not continue',
    );
    expect(await doubtOf(witness(seen, [b, c], at(180), tools))).toBeNull();
  });

  it('doubts more seconds than passed, by either count, and says how many', async () => {
    const minute = chain([60]);
    expect(await doubtOf(witness(first(), minute, at(60 - CLIENT_SLACK_SECONDS), tools))).toBeNull();
    const why = await doubtOf(witness(first(), minute, at(60 - CLIENT_SLACK_SECONDS - 1), tools));
    expect(why).toMatchObject({
      message: 'The machine claims 60 s, and this client has known the rental for 54 s only.',
      unseenSeconds: 6,
    });
    const greedy = chain([60], () => ({ gpuSeconds: 2 * 90 }));
    expect(await doubtOf(witness(first(), greedy, at(60), tools))).toMatchObject({ unseenSeconds: 30 });
  });

  it('agrees to time before it looked only when its person says so, and to no second more', async () => {
    const [hour, next] = chain([3_600, 60]) as [Signed, Signed];
    const unseen = (await doubtOf(witness(first(), [hour], at(10), tools)))?.unseenSeconds ?? 0;
    expect(unseen).toBe(3_590);
    const vouched = await witness({ ...first(), vouchedSeconds: unseen }, [hour], at(10), tools);
    expect(await doubtOf(witness(vouched, [next], at(70), tools))).toBeNull();
    expect(await doubtOf(witness(vouched, [next], at(30), tools))).not.toBeNull();
  });

  it('never agrees to more than it saw, however the time is cut', async () => {
    const cuts = fc.array(
      fc.record({ claimed: fc.integer({ min: 1, max: 100 }), passed: fc.integer({ min: 0, max: 100 }) }),
      {
        minLength: 1,
        maxLength: 8,
      },
    );
    await fc.assert(
      fc.asyncProperty(cuts, async (steps) => {
        const all = chain(steps.map(({ claimed }) => claimed));
        let seen = first();
        let [passed, claimed] = [0, 0];
        for (const [index, step] of steps.entries()) {
          passed += step.passed;
          claimed += step.claimed;
          const doubt = await doubtOf(witness(seen, [all[index] as Signed], at(passed), tools));
          expect(doubt === null).toBe(claimed <= passed + CLIENT_SLACK_SECONDS);
          if (doubt !== null) return;
          seen = await witness(seen, [all[index] as Signed], at(passed), tools);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('the text of a countersignature', () => {
  const record = { leaseId: 'lse', sequence: 3, statement: 'a'.repeat(64), at: '2026-11-23T12:00:00.000Z' };

  it('is read back, and in no other spelling', () => {
    const text = countersignatureText(record);
    expect(readCountersignature(text)).toEqual({ v: 1, ...record });
    for (const bad of [
      '',
      '[]',
      `${text} `,
      text.replace('"v":1', '"v":2'),
      text.replace(':3', ':-3'),
      text.replace('}', ',"x":1}'),
    ])
      expect(readCountersignature(bad)).toBeNull();
  });
});
