import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { isTestAwaited, whyNotTestAgain } from '#lib/catalogue/self-test.ts';
import { db } from '#lib/io/db.ts';
import type { SelfTest } from '#protocol/specification.ts';

/** The number of the asking for a self-test that each of these machines has not answered, in their order; undefined: none. */
export async function askedSelfTests(machineIds: readonly string[]): Promise<(number | undefined)[]> {
  const rows = await db.$queryRaw<{ id: string; asked: number }[]>`
    SELECT id, self_test_asked AS asked FROM machines
    WHERE id = ANY(${[...new Set(machineIds)]}::text[]) AND self_test_asked > self_test_answered`;
  const byMachine = new Map(rows.map(({ id, asked }) => [id, asked]));
  return machineIds.map((machineId) => byMachine.get(machineId));
}

/** What a machine found out about itself, and whether it is asked to look again. */
export type SelfTestReport = {
  readonly test: SelfTest | null;
  readonly passed: boolean;
  /** The host asked for it, and the machine has not answered yet. */
  readonly awaited: boolean;
  readonly askedAt: Date | null;
  /** Why it cannot be asked for now, in a sentence; null when it can. */
  readonly whyNotAsk: string | null;
};

/** The self-test of an own machine, with fixes and paths. What is not theirs is not found. */
export async function selfTestOf(actor: Actor, machineId: string, now: Date): Promise<SelfTestReport> {
  const machine = await db.machine.findFirst({
    where: { id: machineId, hostId: actor.userId },
    select: {
      selfTest: true,
      selfTestPassed: true,
      retiredAt: true,
      lastSyncAt: true,
      selfTestAsked: true,
      selfTestAnswered: true,
      selfTestAskedAt: true,
    },
  });
  if (machine === null) throw new Refusal('notFound');
  return {
    test: machine.selfTest as SelfTest | null,
    passed: machine.selfTestPassed,
    awaited: isTestAwaited(machine, now),
    askedAt: machine.selfTestAskedAt,
    whyNotAsk: whyNotTestAgain(machine, now)?.sentence ?? null,
  };
}
