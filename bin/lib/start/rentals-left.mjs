import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How many rentals of this machine run in Docker. */
export function rentalsRunning(dir) {
  const { status, stdout } = spawnSync('docker', ['ps', '--quiet', '--filter', filterOf(dir)], {
    encoding: 'utf8',
    timeout: 5_000,
  });
  return status === 0 ? stdout.split('\n').filter((line) => line !== '').length : 0;
}

/** What became of this machine's rentals when the market ended, as sentences; empty when none ran. */
export function rentalsAfter(dir, before) {
  const left = rentalsRunning(dir);
  const rest = Math.max(0, before - left);
  return [
    rest > 0
      ? `${rest === 1 ? '1 rental was' : `${rest} rentals were`} stopped with ${rest === 1 ? 'its' : 'their'} files kept; the next start runs ${rest === 1 ? 'it' : 'them'} again.`
      : '',
    left > 0
      ? `${left === 1 ? '1 rental goes' : `${left} rentals go`} on in Docker; the next start finds ${left === 1 ? 'it' : 'them'} again (docker ps --filter ${filterOf(dir)}).`
      : '',
  ].filter((sentence) => sentence !== '');
}

function filterOf(dir) {
  return `label=sublet.market=${machineId(dir)}`;
}

function machineId(dir) {
  try {
    return JSON.parse(readFileSync(join(dir, 'agent', 'identity.json'), 'utf8')).machineId;
  } catch {
    return 'none';
  }
}
