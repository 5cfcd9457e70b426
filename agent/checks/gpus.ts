import type { GpuSpecification, Specification } from '../../protocol/specification.ts';
import { failed, passed, type SelfTestCheck, warned } from './row.ts';

const GIB = 2 ** 30;
/** The container toolkit asks for 418.81 (its installation guide); images built on CUDA 12 for 525 (CUDA's release notes). */
const OLDEST_DRIVER = 418;
const USUAL_DRIVER = 525;
const USUAL_VRAM_BYTES = 8 * GIB;
const USUAL_LINK = { generation: 3, width: 8 };
/** Most GPUs slow themselves down somewhat above this. */
const HOT_CELSIUS = 85;

/** What can be said of a machine's GPUs from what their driver reports. */
export function gpuChecks(specification: Specification): SelfTestCheck[] {
  const { gpus, simulated } = specification;
  const first = presence(specification);
  if (gpus.length === 0 || simulated) return [first];
  return [first, driver(gpus), memory(gpus), link(gpus), condition(gpus)];
}

function presence({ gpus, docker, simulated, problems }: Specification): SelfTestCheck {
  const name = 'GPUs';
  const wanted = 'at least one NVIDIA GPU that Docker can hand to a container';
  if (gpus.length === 0) {
    const detail = problems.find((sentence) => /gpu|nvidia/i.test(sentence)) ?? 'No GPU was found.';
    return failed(
      name,
      { detail, measured: 'none', wanted },
      'Install the NVIDIA driver, so that "nvidia-smi" shows the GPUs.',
    );
  }
  const models = [...new Set(gpus.map(({ model }) => model))];
  const measured = `${gpus.length} × ${models.join(', ')}`;
  if (simulated) return passed(name, { detail: `${measured}, simulated: renters are told so.`, measured, wanted });
  if (docker !== null && !docker.gpuRuntime) {
    return failed(
      name,
      { detail: `${measured}, but Docker cannot hand them over.`, measured, wanted },
      'Install the NVIDIA Container Toolkit, run "nvidia-ctk runtime configure --runtime=docker" and restart Docker.',
    );
  }
  const split = gpus.find(({ mig }) => mig === true);
  if (split !== undefined) {
    return failed(
      name,
      { detail: `MIG is on, so GPU ${split.index} cannot be rented whole.`, measured, wanted: 'MIG off' },
      `Turn it off: "sudo nvidia-smi -i ${split.index} -mig 0", then reset the GPU or restart the machine.`,
    );
  }
  if (models.length > 1) {
    return warned(
      name,
      { detail: `${measured}: the GPUs are not alike.`, measured, wanted: 'GPUs of one model' },
      'Only machines whose GPUs are alike can be listed so far. Put those of another model into a machine of their own.',
    );
  }
  return passed(name, { detail: `${measured}.`, measured, wanted });
}

function driver(gpus: readonly GpuSpecification[]): SelfTestCheck {
  const name = 'GPU driver';
  const wanted = `driver ${USUAL_DRIVER} or newer (CUDA 12)`;
  const [{ driverVersion, cudaVersion } = { driverVersion: null, cudaVersion: null }] = gpus;
  const measured = `driver ${driverVersion ?? 'unknown'}, CUDA ${cudaVersion ?? 'unknown'}`;
  const major = Number(/^\d{1,6}/.exec(driverVersion ?? '')?.[0] ?? Number.NaN);
  const found = { detail: `The ${measured}.`, measured, wanted };
  const fix =
    'Install a newer driver from your distribution, for example "sudo ubuntu-drivers install" or "sudo apt install nvidia-driver", and restart.';
  if (major < OLDEST_DRIVER) return failed(name, found, fix);
  if (Number.isNaN(major)) return warned(name, found, 'Run "nvidia-smi": its first line names the driver.');
  return major < USUAL_DRIVER ? warned(name, found, fix) : passed(name, found);
}

function memory(gpus: readonly GpuSpecification[]): SelfTestCheck {
  const name = 'GPU memory';
  const least = Math.min(...gpus.map(({ vramBytes }) => vramBytes));
  const measured = `${(least / GIB).toFixed(1)} GiB a GPU`;
  const found = { detail: `The smallest GPU has ${(least / GIB).toFixed(1)} GiB.`, measured, wanted: '8 GiB a GPU' };
  return least >= USUAL_VRAM_BYTES
    ? passed(name, found)
    : warned(name, found, 'It can be rented; most of what renters run needs more. Price it for small models.');
}

function link(gpus: readonly GpuSpecification[]): SelfTestCheck {
  const name = 'PCIe link';
  const wanted = `generation ${USUAL_LINK.generation}, ${USUAL_LINK.width} lanes`;
  const said = gpus.filter(({ pcieGeneration, pcieWidth }) => pcieGeneration !== null && pcieWidth !== null);
  const speed = ({ pcieGeneration, pcieWidth }: GpuSpecification) =>
    2 ** Number(pcieGeneration ?? 0) * Number(pcieWidth ?? 0);
  const worst = said.toSorted((a, b) => speed(a) - speed(b))[0];
  if (worst === undefined) return passed(name, { detail: 'The driver does not say.', measured: null, wanted });
  const measured = `generation ${worst.pcieGeneration}, ${worst.pcieWidth} lanes`;
  const found = { detail: `The slowest link is that of GPU ${worst.index}: ${measured}.`, measured, wanted };
  const narrow = Number(worst.pcieWidth) < USUAL_LINK.width || Number(worst.pcieGeneration) < USUAL_LINK.generation;
  return narrow
    ? warned(
        name,
        found,
        `Loading models will be slow. Move GPU ${worst.index} to a wider slot without a riser, or set the slot's speed in the BIOS; "nvidia-smi -q -d PCIE" shows the link.`,
      )
    : passed(name, found);
}

function condition(gpus: readonly GpuSpecification[]): SelfTestCheck {
  const name = 'GPU health';
  const wanted = `no uncorrected memory error, below ${HOT_CELSIUS} °C at rest`;
  const errors = gpus.reduce((sum, gpu) => sum + (gpu.uncorrectedErrors ?? 0), 0);
  const retired = gpus.reduce((sum, gpu) => sum + (gpu.retiredPages ?? 0), 0);
  const hottest = gpus.toSorted((a, b) => (b.temperatureCelsius ?? -1) - (a.temperatureCelsius ?? -1))[0];
  const celsius = hottest?.temperatureCelsius ?? null;
  const measured = `${errors} uncorrected errors, ${retired} retired pages, ${celsius === null ? 'temperature unknown' : `${celsius} °C`}`;
  const found = { detail: `Over all GPUs: ${measured}.`, measured, wanted };
  if (errors > 0 || retired > 0)
    return warned(
      name,
      found,
      'Look at "nvidia-smi -q -d ECC,PAGE_RETIREMENT,ROW_REMAPPER". If the figures grow, the GPU is failing: retire it before a renter loses work.',
    );
  if (celsius !== null && celsius >= HOT_CELSIUS)
    return warned(name, found, `GPU ${hottest?.index} is hot without a rental: look at its fans, dust and the room.`);
  return passed(name, found);
}
