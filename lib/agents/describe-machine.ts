import { THE_MARKET } from '#lib/base/actor.ts';
import { settleOffer } from '#lib/catalogue/settle-offer.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { tellListeners } from '#lib/events/tell-listeners.ts';
import type { Tx } from '#lib/io/db.ts';
import { type SelfTest, type Specification, selfTest, specification } from '#protocol/specification.ts';
import { isNews, isOtherResult } from './description.ts';
import { plausibleInstant } from './instant.ts';
import { settleGpus } from './settle-gpus.ts';
import type { SyncedMachine } from './sync.ts';

/**
 * Step: keeps what a machine says it is and how its self-test went; an event only when it says something new. What was
 * once simulated stays marked so. Returns UUIDs of GPUs that another machine has.
 */
export async function describeMachine(
  tx: Tx,
  machine: SyncedMachine,
  said: { readonly specification: Specification | null; readonly selfTest: SelfTest | null },
  now: Date,
): Promise<string[]> {
  await tx.$executeRaw`SELECT 1 FROM machines WHERE id = ${machine.id} FOR NO KEY UPDATE`;
  const before = await tx.machine.findUniqueOrThrow({
    where: { id: machine.id },
    select: {
      specification: true,
      selfTest: true,
      simulated: true,
      selfTestPassed: true,
      selfTestAsked: true,
      selfTestAnswered: true,
    },
  });
  const knownTest = selfTest.safeParse(before.selfTest);
  const knownSpecification = specification.safeParse(before.specification);
  const described =
    said.specification !== null && isNews(knownSpecification.data ?? null, said.specification)
      ? said.specification
      : null;
  const tested = said.selfTest !== null && isOtherResult(knownTest.data ?? null, said.selfTest) ? said.selfTest : null;
  // What was never asked for answers nothing.
  const answered = Math.max(before.selfTestAnswered, Math.min(said.selfTest?.asked ?? 0, before.selfTestAsked));
  await tx.machine.update({
    where: { id: machine.id },
    data: {
      ...(said.specification === null
        ? {}
        : {
            specification: said.specification,
            describedAt: now,
            simulated: before.simulated || said.specification.simulated,
          }),
      ...(said.selfTest === null
        ? {}
        : {
            selfTest: said.selfTest,
            selfTestPassed: said.selfTest.passed,
            selfTestedAt: plausibleInstant(said.selfTest.at, now),
            selfTestAnswered: answered,
          }),
    },
  });
  const taken = said.specification === null ? [] : await settleGpus(tx, machine.id, said.specification, now);
  if (said.selfTest !== null && said.selfTest.passed !== before.selfTestPassed) await settleOffer(tx, machine.id, now);
  if (described !== null || tested !== null) {
    await recordEvent(
      tx,
      THE_MARKET,
      {
        kind: tested === null ? 'machine.described' : 'machine.selfTested',
        userId: machine.hostId,
        machineId: machine.id,
        data: {
          ...(described === null ? {} : { gpus: described.gpus.length, docker: described.docker?.version ?? null }),
          ...(tested === null ? {} : { passed: tested.passed }),
        },
      },
      now,
    );
  } else if (answered !== before.selfTestAnswered) {
    // Its host waits for it, though nothing came out otherwise.
    await tellListeners(tx, { machine: machine.id, user: machine.hostId });
  }
  return taken;
}
