import { accessSync, constants } from 'node:fs';
import type { SelfTest, Specification } from '../protocol/specification.ts';
import { messageOf } from './log.ts';

export type SelfTestCheck = SelfTest['checks'][number];

/** What can be tried on this machine; each entry resolves to a detail sentence or rejects with one. */
export type Trials = {
  /** The ssh tools that every container gets. */
  tools: () => Promise<string>;
  /** A container starts, has an ssh server that answers, and is gone again. */
  container: () => Promise<string>;
  /** Every gateway that the market named can be reached from here. */
  gateways: () => Promise<string>;
  /** The folder that identity, journal and rentals are kept in. */
  folder: string;
};

const GIB = 2 ** 30;
const LEAST_FREE_BYTES = 10 * GIB;
const LEAST_MEMORY_BYTES = 1 * GIB;

/** Tries what a rental needs. Each row says what was tried, how it went, and how to mend it; it never rejects. */
export async function runSelfTest(specification: Specification, trials: Trials, now: Date): Promise<SelfTest> {
  const checks: SelfTestCheck[] = [engine(specification)];
  checks.push(
    await attempt(
      'ssh tools',
      trials.tools,
      'Restart the agent: it brings the tools from the market. Without them renters have no shell.',
    ),
  );
  const ready = checks.every(({ passed }) => passed);
  checks.push(
    ready
      ? await attempt(
          'container starts',
          trials.container,
          'Look at the log of Docker ("journalctl -u docker"), then restart Docker and the agent.',
        )
      : failed('container starts', 'Not tried, because of what failed before.', 'Mend what failed before.'),
  );
  checks.push(
    await attempt(
      'gateway reachable',
      trials.gateways,
      'Allow outgoing TCP connections to the gateway. No port has to be opened inwards.',
    ),
  );
  checks.push(gpus(specification), disk(specification), memory(specification), folder(trials.folder));
  return { at: now.toISOString(), passed: checks.every(({ passed }) => passed), checks };
}

function engine({ docker, problems }: Specification): SelfTestCheck {
  if (docker !== null) {
    return passed(
      'container runtime',
      `Docker Engine ${docker.version}, ${docker.storageDriver}, cgroup v${docker.cgroupVersion}.`,
    );
  }
  const problem = problems.find((sentence) => /docker/i.test(sentence)) ?? 'Docker Engine does not answer.';
  return failed('container runtime', problem, 'Install Docker Engine 20.10 or newer and start it.');
}

function gpus({ gpus: found, docker, simulated, problems }: Specification): SelfTestCheck {
  if (found.length === 0) {
    const why = problems.find((sentence) => /gpu|nvidia/i.test(sentence)) ?? 'No GPU was found.';
    return failed('GPUs', why, 'Install the NVIDIA driver, so that "nvidia-smi" shows the GPUs.');
  }
  const names = [...new Set(found.map(({ model }) => model))].join(', ');
  if (simulated) return passed('GPUs', `${found.length} × ${names}, simulated: renters are told so.`);
  if (docker !== null && !docker.gpuRuntime) {
    return failed(
      'GPUs',
      `${found.length} × ${names}, but Docker cannot hand them over.`,
      'Install the NVIDIA Container Toolkit, run "nvidia-ctk runtime configure --runtime=docker" and restart Docker.',
    );
  }
  return passed('GPUs', `${found.length} × ${names}, driver ${found[0]?.driverVersion ?? 'unknown'}.`);
}

function disk({ diskFreeBytes }: Specification): SelfTestCheck {
  const detail = `${Math.floor(diskFreeBytes / GIB)} GiB free.`;
  return diskFreeBytes >= LEAST_FREE_BYTES
    ? passed('disk', detail)
    : failed(
        'disk',
        detail,
        `Make room: a rental needs at least ${LEAST_FREE_BYTES / GIB} GiB for its image and files.`,
      );
}

function memory({ memoryBytes }: Specification): SelfTestCheck {
  const detail = `${(memoryBytes / GIB).toFixed(1)} GiB of memory.`;
  return memoryBytes >= LEAST_MEMORY_BYTES
    ? passed('memory', detail)
    : failed('memory', detail, 'A rental needs at least 1 GiB.');
}

function folder(path: string): SelfTestCheck {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return passed('own folder', `${path} can be written.`);
  } catch {
    return failed(
      'own folder',
      `${path} cannot be written.`,
      'Run the agent as the user that owns it, and check that the disk is not mounted read-only.',
    );
  }
}

async function attempt(name: string, trial: () => Promise<string>, fix: string): Promise<SelfTestCheck> {
  try {
    return passed(name, await trial());
  } catch (error) {
    return failed(name, messageOf(error), fix);
  }
}

function passed(name: string, detail: string): SelfTestCheck {
  return { name, passed: true, detail: detail.slice(0, 2_000), fix: null };
}

function failed(name: string, detail: string, fix: string): SelfTestCheck {
  return { name, passed: false, detail: detail.slice(0, 2_000), fix };
}
