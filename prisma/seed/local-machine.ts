import { setTimeout as pause } from 'node:timers/promises';
import { createEnrolmentCode } from '#lib/agents/create-enrolment-code.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { publishListing } from '#lib/catalogue/publish-listing.ts';
import { machinesOf } from '#lib/catalogue/queries/machines.ts';
import { retireMachine } from '#lib/catalogue/retire-machine.ts';
import { saveListing } from '#lib/catalogue/save-listing.ts';
import { db } from '#lib/io/db.ts';
import { forgetCode, forgetIdentity, keepCode, localIdentity } from './files.ts';

const SELF_TEST_SECONDS = 20;
const PRICE_MICROS_PER_GPU_HOUR = 200_000n;
const DISK_PRICE_MICROS_PER_GIB_MONTH = 100_000n;

/** A fresh one-time code for the agent of `npm start`, unless it is enrolled here already. */
export async function prepareLocalMachine(host: Actor): Promise<void> {
  const local = await localMachines(host);
  const identity = await localIdentity();
  if (identity !== null && local.includes(identity)) return forgetCode();
  if (identity !== null) await forgetIdentity();
  // The agent's folder was lost: it comes back as a new machine, and its GPUs must not be taken by the old one.
  for (const machineId of local) await retireMachine(host, { machineId }).catch(unlessRefused);
  await db.enrolmentCode.deleteMany({ where: { hostId: host.userId, usedAt: null } });
  await keepCode((await createEnrolmentCode(host)).code);
}

export type Published = { readonly machineId: string; readonly listed: boolean; readonly why: string | null };

/**
 * Publishes the machine of `npm start` at a demo price, once. What its host withdrew stays withdrawn. Waits a while for its
 * self-test, so that what is said of it afterwards holds.
 */
export async function publishLocalMachine(host: Actor, now: Date): Promise<readonly Published[]> {
  const local = new Set(await localMachines(host));
  await selfTested([...local]);
  const unlisted = (await machinesOf(host, now)).filter(
    ({ id, listingState }) => local.has(id) && listingState !== 'withdrawn',
  );
  const done: Published[] = [];
  for (const { id: machineId, listingState, gpuCount } of unlisted) {
    if (listingState === 'published') {
      done.push({ machineId, listed: true, why: null });
      continue;
    }
    if (listingState === 'none' && gpuCount > 0)
      await saveListing(host, {
        machineId,
        price: PRICE_MICROS_PER_GPU_HOUR,
        diskPrice: DISK_PRICE_MICROS_PER_GIB_MONTH,
        minGpus: 1,
        endsAt: null,
      });
    const why = await publishListing(host, { machineId }).then(({ waiting }) => waiting, unlessRefused);
    done.push({ machineId, listed: why === null, why });
  }
  return done;
}

/** Machines of the demo host that came with a code: the simulated ones of the seed did not. */
async function localMachines(host: Actor): Promise<string[]> {
  const codes = await db.enrolmentCode.findMany({
    where: { hostId: host.userId, machineId: { not: null } },
    select: { machineId: true },
  });
  const machines = await db.machine.findMany({
    where: { id: { in: codes.flatMap(({ machineId }) => machineId ?? []) }, retiredAt: null },
    select: { id: true },
  });
  return machines.map(({ id }) => id);
}

async function selfTested(machineIds: readonly string[]): Promise<void> {
  const untested = { id: { in: [...machineIds] }, selfTestedAt: null };
  for (let asked = 0; asked < SELF_TEST_SECONDS * 4; asked += 1) {
    if ((await db.machine.count({ where: untested })) === 0) return;
    await pause(250);
  }
}

function unlessRefused(error: unknown): string {
  if (error instanceof Refusal) return error.sentence;
  throw error;
}
