import { readFileSync, statfsSync } from 'node:fs';
import { arch, cpus, hostname, release, totalmem } from 'node:os';
import type { Specification } from '../../protocol/specification.ts';

type HostReading = Pick<
  Specification,
  'hostname' | 'os' | 'kernel' | 'architecture' | 'cpuModel' | 'cpuThreads' | 'memoryBytes'
>;

/** What the operating system says of this machine. `osRelease` is the file of os-release(5). */
export function readHost(osRelease = '/etc/os-release'): HostReading {
  const processors = cpus();
  return {
    hostname: word(hostname(), 'unnamed'),
    os: osName(osRelease),
    kernel: word(release(), 'unknown'),
    architecture: arch() === 'x64' ? 'x86_64' : arch() === 'arm64' ? 'aarch64' : arch(),
    cpuModel: word(processors[0]?.model ?? '', `${arch()} processor`),
    cpuThreads: Math.max(1, processors.length),
    memoryBytes: totalmem(),
  };
}

function osName(osRelease: string): string {
  try {
    const line = /^PRETTY_NAME=(?:"([^"\n]*)"|([^\n]*))$/m.exec(readFileSync(osRelease, 'utf8'));
    return word(line?.[1] ?? line?.[2] ?? '', 'Linux');
  } catch {
    return word(process.platform, 'unknown');
  }
}

/** Size of the file system that holds `folder`, in bytes; `free` is what an ordinary user may still write. */
export function readDisk(folder: string): { diskTotalBytes: number; diskFreeBytes: number } {
  const { bsize, blocks, bavail } = statfsSync(folder);
  return { diskTotalBytes: bsize * blocks, diskFreeBytes: bsize * bavail };
}

function word(text: string, otherwise: string): string {
  const clean = text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 200);
  return clean === '' ? otherwise : clean;
}
