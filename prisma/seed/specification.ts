import { createHash } from 'node:crypto';
import type { SelfTest, Specification } from '#protocol/specification.ts';
import { between, chance, pick } from './chance.ts';
import type { MarketOffer } from './offers.ts';

const GIB = 1_073_741_824;
const MEGABIT = 1_000_000;
const DATA_CENTRE = /^(H200|H100|B200|A100|L40S|A40|Tesla|RTX PRO|RTX 6000|RTX A)/;

/** The same in every demo market, so that a machine that is there already is recognised. */
export function gpuUuid(offer: MarketOffer, position: number): string {
  const hex = createHash('sha256').update(`sublet demo gpu|${offer.index}|${position}`).digest('hex');
  return `GPU-${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** A machine around the GPUs of an offer. Everything but the GPUs is made up. */
export function simulatedSpecification(offer: MarketOffer, hostname: string): Specification {
  const { index, gpuCount } = offer;
  const large = DATA_CENTRE.test(offer.model) || gpuCount > 2;
  const [cpuModel, threadsPerSocket] = large
    ? pick(index, 'cpu', [
        ['AMD EPYC 7763 64-Core Processor', 128],
        ['AMD EPYC 9654 96-Core Processor', 192],
        ['Intel(R) Xeon(R) Platinum 8480+', 112],
        ['AMD EPYC 7543 32-Core Processor', 64],
      ])
    : pick(index, 'cpu', [
        ['AMD Ryzen 9 7950X 16-Core Processor', 32],
        ['AMD Ryzen 7 5800X 8-Core Processor', 16],
        ['Intel(R) Core(TM) i9-13900K', 32],
        ['AMD Ryzen Threadripper 3960X 24-Core Processor', 48],
      ]);
  const memoryGib = 32 * Math.max(1, Math.ceil((offer.vramBytesPerGpu * gpuCount * 1.3) / GIB / 32));
  const diskGib = pick(index, 'disk', [500, 1_000, 2_000, 4_000, 8_000]);
  const down = pick(index, 'down', [300, 600, 940, 2_400, 5_000, 9_400]);
  const generation = /^(H|B200|RTX 50|RTX PRO)/.test(offer.model) ? 5 : offer.model.startsWith('Tesla') ? 3 : 4;
  return {
    hostname,
    os: pick(index, 'os', ['Ubuntu 24.04.3 LTS', 'Ubuntu 22.04.5 LTS', 'Debian GNU/Linux 12 (bookworm)']),
    kernel: pick(index, 'kernel', ['6.8.0-87-generic', '5.15.0-161-generic', '6.1.0-40-amd64']),
    architecture: 'x64',
    cpuModel,
    cpuThreads: threadsPerSocket,
    memoryBytes: memoryGib * GIB,
    diskTotalBytes: diskGib * GIB,
    diskFreeBytes: Math.floor(diskGib * (0.55 + 0.4 * chance(index, 'free'))) * GIB,
    diskWriteBytesPerSecond: between(index, 'write', 8, 65) * 100_000_000,
    networkDownBitsPerSecond: down * MEGABIT,
    networkUpBitsPerSecond: Math.floor(down * (0.3 + 0.7 * chance(index, 'up'))) * MEGABIT,
    docker: {
      version: 'simulated',
      apiVersion: 'simulated',
      storageDriver: 'memory',
      cgroupVersion: '2',
      gpuRuntime: true,
    },
    gpus: Array.from({ length: gpuCount }, (_, position) => ({
      index: position,
      uuid: gpuUuid(offer, position),
      model: offer.model,
      vramBytes: offer.vramBytesPerGpu,
      driverVersion: '570.195.03',
      cudaVersion: '12.8',
      pcieGeneration: generation,
      pcieWidth: 16,
      powerLimitWatts: DATA_CENTRE.test(offer.model)
        ? between(index, 'watts', 30, 70) * 10
        : between(index, 'watts', 17, 45) * 10,
      temperatureCelsius: between(index, `celsius${position}`, 29, 44),
      utilisationPercent: 0,
      ecc: DATA_CENTRE.test(offer.model) ? true : null,
      mig: /^(H|B200|A100)/.test(offer.model) ? false : null,
    })),
    simulated: true,
    problems: [],
  };
}

/** What the self-test of a simulated machine says: in a few of them something failed, so that this can be seen too. */
export function simulatedSelfTest(specification: Specification, passed: boolean, at: Date): SelfTest {
  const check = (name: string, detail: string) => ({ name, passed: true, detail, fix: null });
  const gpu = specification.gpus[0];
  return {
    at: at.toISOString(),
    passed,
    checks: [
      check('container runtime', 'Simulated: rentals live in memory and execute nothing.'),
      passed
        ? check('gateway reachable', 'Every gateway answers.')
        : {
            name: 'gateway reachable',
            passed: false,
            detail: 'Simulated failure: one gateway did not answer within 5 s.',
            fix: 'Allow outgoing TCP connections to the gateway. No port has to be opened inwards.',
          },
      check('GPUs', `${specification.gpus.length} × ${gpu?.model ?? 'none'}, simulated: renters are told so.`),
      check('disk', `${Math.floor(specification.diskFreeBytes / GIB)} GiB free, simulated.`),
      check('memory', `${(specification.memoryBytes / GIB).toFixed(1)} GiB of memory, simulated.`),
    ],
  };
}
