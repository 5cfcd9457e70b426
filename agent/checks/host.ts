import { accessSync, constants } from 'node:fs';
import type { Specification } from '../../protocol/specification.ts';
import { failed, passed, type SelfTestCheck, warned } from './row.ts';

const GIB = 2 ** 30;
const LEAST_FREE_BYTES = 10 * GIB;
const USUAL_FREE_BYTES = 100 * GIB;
const LEAST_MEMORY_BYTES = 1 * GIB;
const USUAL_MEMORY_BYTES = 8 * GIB;
const USUAL_WRITE_BYTES_PER_SECOND = 100e6;
const USUAL_DOWN_BITS_PER_SECOND = 100e6;
/** As the market tolerates it (lib/agents/clock-drift.ts). */
const CLOCK_TOLERATED_MS = 5_000;

/** The container engine, which nothing works without. */
export function engineCheck({ docker, problems }: Specification): SelfTestCheck {
  const name = 'container runtime';
  const wanted = 'Docker Engine 20.10 or newer, cgroup v2';
  const update = 'Install Docker Engine 20.10 or newer and start it: "curl -fsSL https://get.docker.com | sudo sh".';
  if (docker === null) {
    const detail = problems.find((sentence) => /docker/i.test(sentence)) ?? 'Docker Engine does not answer.';
    return failed(name, { detail, measured: 'none', wanted }, update);
  }
  const measured = `Docker Engine ${docker.version}, ${docker.storageDriver}, cgroup v${docker.cgroupVersion}`;
  const found = { detail: `${measured}.`, measured, wanted };
  const [, major, minor] = /^(\d{1,4})(?:\.(\d{1,4}))?/.exec(docker.version) ?? [];
  if (major !== undefined && (Number(major) < 20 || (Number(major) === 20 && Number(minor ?? 0) < 10)))
    return failed(name, found, update);
  if (docker.cgroupVersion === '1')
    return warned(
      name,
      found,
      'Start the kernel with "systemd.unified_cgroup_hierarchy=1" (or use a distribution of 2022 or later): only cgroup v2 keeps the limits of rentals apart.',
    );
  return passed(name, found);
}

/** Disk, memory and lines, as they were read and measured. */
export function hostChecks(specification: Specification): SelfTestCheck[] {
  return [disk(specification), diskSpeed(specification), memory(specification), network(specification)];
}

function disk({ diskFreeBytes }: Specification): SelfTestCheck {
  const measured = `${Math.floor(diskFreeBytes / GIB)} GiB free`;
  const found = { detail: `${measured}.`, measured, wanted: '100 GiB free, at least 10 GiB' };
  if (diskFreeBytes < LEAST_FREE_BYTES)
    return failed(
      'disk',
      found,
      'Make room: a rental needs at least 10 GiB for its image and files. "docker system df" shows what images hold.',
    );
  return diskFreeBytes < USUAL_FREE_BYTES
    ? warned('disk', found, 'Images of 20 GiB are common: with more room, more renters fit.')
    : passed('disk', found);
}

function diskSpeed({ diskWriteBytesPerSecond: speed }: Specification): SelfTestCheck {
  const name = 'disk speed';
  const wanted = '100 MB/s of writes that survive a power cut';
  if (speed === null) return passed(name, { detail: 'It could not be measured.', measured: null, wanted });
  const measured = `${(speed / 1e6).toFixed(0)} MB/s`;
  const found = { detail: `Writes at ${measured}.`, measured, wanted };
  return speed < USUAL_WRITE_BYTES_PER_SECOND
    ? warned(name, found, 'Put the folder of the agent on an SSD: images are unpacked there, and renters wait for it.')
    : passed(name, found);
}

function memory({ memoryBytes }: Specification): SelfTestCheck {
  const measured = `${(memoryBytes / GIB).toFixed(1)} GiB`;
  const found = { detail: `${measured} of memory.`, measured, wanted: '8 GiB, at least 1 GiB' };
  if (memoryBytes < LEAST_MEMORY_BYTES) return failed('memory', found, 'A rental needs at least 1 GiB.');
  return memoryBytes < USUAL_MEMORY_BYTES
    ? warned('memory', found, 'It can be rented; loading a model needs about as much memory as the model is large.')
    : passed('memory', found);
}

function network({ networkDownBitsPerSecond: down }: Specification): SelfTestCheck {
  const name = 'network';
  const wanted = '100 Mbit/s down';
  if (down === null) {
    const detail = 'Not measured: the market is on this machine, or sent too little.';
    return passed(name, { detail, measured: null, wanted });
  }
  const measured = `${(down / 1e6).toFixed(0)} Mbit/s`;
  const found = { detail: `Downloads from the market at ${measured} at least.`, measured, wanted };
  return down < USUAL_DOWN_BITS_PER_SECOND
    ? warned(name, found, 'Renters wait for their image. Use a cable, and look at what else uses the line.')
    : passed(name, found);
}

/** How far the machine's clock is from the market's; null before the market was heard. */
export function clockCheck(offsetMs: number | null): SelfTestCheck {
  const name = 'clock';
  const wanted = 'within 5 s of the market';
  if (offsetMs === null) return passed(name, { detail: 'Not compared: the market was not heard yet.', wanted });
  const seconds = Math.abs(offsetMs) / 1_000;
  const measured = `${seconds.toFixed(1)} s ${offsetMs >= 0 ? 'ahead' : 'behind'}`;
  const found = { detail: `The clock is ${measured}${offsetMs >= 0 ? ' of' : ''} the market's.`, measured, wanted };
  return Math.abs(offsetMs) < CLOCK_TOLERATED_MS
    ? passed(name, found)
    : warned(
        name,
        found,
        'Set it by NTP: "sudo timedatectl set-ntp true". Billing goes by the market’s time meanwhile.',
      );
}

/** Whether the agent may write where it keeps identity, journal and rentals. */
export function folderCheck(path: string): SelfTestCheck {
  const name = 'own folder';
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return passed(name, { detail: `${path} can be written.` });
  } catch {
    return failed(
      name,
      { detail: `${path} cannot be written.` },
      'Run the agent as the user that owns it, and check that the disk is not mounted read-only.',
    );
  }
}
