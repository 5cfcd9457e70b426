import { newId } from '#lib/base/id.ts';
import { DAY } from '#lib/base/time.ts';
import { countryName } from '#lib/catalogue/country.ts';
import { gpuModel } from '#lib/catalogue/gpu.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import type { SelfTest, Specification } from '#protocol/specification.ts';
import type { DemoAccounts } from './accounts.ts';
import { between, chance, pick } from './chance.ts';
import { madeUpHistory } from './history.ts';
import { hostFor } from './hosts.ts';
import { type MachineKeys, makeKeys, publicKeys } from './keys.ts';
import { type MarketOffer, marketOffers } from './offers.ts';
import { firstPrice } from './past-prices.ts';
import { gpuUuid, simulatedSelfTest, simulatedSpecification } from './specification.ts';

/** A machine for the program that plays the simulated hosts: its place in the market and what it says of itself. */
export type PlayedMachine = {
  readonly machineId: string;
  readonly keys: MachineKeys;
  readonly specification: Specification;
  readonly selfTest: SelfTest;
};

/** A few whose self-test failed, so that the tier "new" can be seen. */
const UNVERIFIED = [36, 47, 64];
/** These belong to the demo host, so that its pages have something to show. */
export const OF_THE_DEMO_HOST = [28, 43, 48];
const MIN_GPU_CHOICES: Readonly<Record<number, readonly [number, ...number[]]>> = {
  4: [1, 1, 2],
  8: [1, 2, 4, 8],
  16: [4],
};

/**
 * Makes the offers of the file into enrolled and published machines, those that are not there yet, and gives all of them back.
 * `known` are the keys that were kept; a machine whose keys were lost gets new ones.
 */
export async function demoMachines(
  accounts: DemoAccounts,
  known: ReadonlyMap<string, MachineKeys>,
  now: Date,
): Promise<PlayedMachine[]> {
  const machines: PlayedMachine[] = [];
  const turns = new Map<string, number>();
  for (const offer of marketOffers()) {
    const turn = turns.get(offer.country) ?? 0;
    turns.set(offer.country, turn + 1);
    const host = hostFor(offer.country, turn);
    const hostId = OF_THE_DEMO_HOST.includes(offer.index)
      ? accounts.host.userId
      : accounts.simulatedHosts.get(host.slug);
    if (hostId === undefined) throw new Error(`no account for ${host.slug}`);
    const number = String(turn + 1).padStart(2, '0');
    const place = countryName(offer.country)
      .toLowerCase()
      .replace(/[^a-z]+/g, '-');
    const described = played(offer, `simulated-${place}-${number}`, now);
    const present = await db.gpu.findFirst({
      where: { uuid: gpuUuid(offer, 0), removedAt: null },
      select: { machineId: true, machine: { select: { signingKey: true, retiredAt: true } } },
    });
    if (present === null) {
      const keys = makeKeys();
      machines.push({
        machineId: await enrolAndPublish(offer, described, hostId, accounts, keys, now),
        keys,
        ...described,
      });
      continue;
    }
    const kept = known.get(present.machineId);
    const keys = kept !== undefined && publicKeys(kept).signingKey === present.machine.signingKey ? kept : makeKeys();
    if (keys !== kept) await db.machine.update({ where: { id: present.machineId }, data: publicKeys(keys) });
    await prolong(present.machineId, now);
    machines.push({ machineId: present.machineId, keys, ...described });
  }
  return machines;
}

function played(offer: MarketOffer, name: string, now: Date) {
  const specification = simulatedSpecification(offer, name);
  const passed = !UNVERIFIED.includes(offer.index);
  return { specification, selfTest: simulatedSelfTest(specification, passed, now) };
}

async function enrolAndPublish(
  offer: MarketOffer,
  { specification, selfTest }: { specification: Specification; selfTest: SelfTest },
  hostId: string,
  accounts: DemoAccounts,
  keys: MachineKeys,
  now: Date,
): Promise<string> {
  const { index } = offer;
  const history = madeUpHistory(index, now);
  const enrolledAt = new Date(history.publishedAt.getTime() - DAY / 24);
  const machineId = newId('machine', enrolledAt);
  const checked = selfTest.passed && chance(index, 'checks') < 0.32;
  const endDays = pick(index, 'end', [null, null, 30, 90, 180]);
  const counts = MIN_GPU_CHOICES[offer.gpuCount] ?? [1];
  await inTransaction('seed: machine', async (tx) => {
    await tx.machine.create({
      data: {
        id: machineId,
        hostId,
        name: specification.hostname,
        region: offer.region,
        country: offer.country,
        ...publicKeys(keys),
        agentVersion: 'simulated',
        simulated: true,
        specification,
        selfTest,
        selfTestedAt: now,
        selfTestPassed: selfTest.passed,
        staffCheckedAt: checked ? history.publishedAt : null,
        staffCheckedBy: checked ? accounts.adminId : null,
        enrolledAt,
        gpus: {
          create: specification.gpus.map((gpu, position) => ({
            id: newId('gpu', enrolledAt),
            uuid: gpu.uuid,
            position,
            model: gpuModel(gpu.model),
            vramBytes: BigInt(gpu.vramBytes),
          })),
        },
        offers: { create: history.offers.map((span) => ({ id: newId('offer', span.startsAt), ...span })) },
        silences: {
          create: history.silences.map((span) => ({
            id: newId('silence', span.startsAt),
            cause: 'unreachable',
            ...span,
          })),
        },
        listing: {
          create: {
            id: newId('listing', history.publishedAt),
            hostId,
            state: 'published',
            priceMicrosPerGpuHour: firstPrice(offer, history.publishedAt, now),
            diskPriceMicrosPerGibMonth: BigInt(between(index, 'disk price', 4, 20)) * 10_000n,
            minGpus: pick(index, 'least', counts),
            takesBids: index % 3 !== 0,
            endsAt: endDays === null ? null : new Date(now.getTime() + endDays * DAY),
            publishedAt: history.publishedAt,
            // What the self-test did not let pass is seen only because staff approved it.
            approvedAt: selfTest.passed ? null : history.publishedAt,
            createdAt: enrolledAt,
            updatedAt: history.publishedAt,
          },
        },
      },
    });
  });
  return machineId;
}

/** A demo that is kept for months does not run out of offers. */
async function prolong(machineId: string, now: Date): Promise<void> {
  await db.listing.updateMany({
    where: { machineId, endsAt: { lt: new Date(now.getTime() + 3 * DAY) } },
    data: { endsAt: new Date(now.getTime() + 30 * DAY) },
  });
}
