import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A sentence about this machine's rentals that go on in Docker after the market has ended; undefined when there are none. Rentals outlive their market by design. */
export function rentalsLeft(dir) {
  const filter = `label=sublet.market=${machineId(dir)}`;
  const { status, stdout } = spawnSync('docker', ['ps', '--quiet', '--filter', filter], {
    encoding: 'utf8',
    timeout: 5_000,
  });
  const count = status === 0 ? stdout.split('\n').filter((line) => line !== '').length : 0;
  if (count === 0) return undefined;
  const [rentals, them] = count === 1 ? ['1 rental goes', 'it'] : [`${count} rentals go`, 'them'];
  return `${rentals} on in Docker, as rentals do while their market is away; the next start finds ${them} again (docker ps --filter ${filter}).`;
}

function machineId(dir) {
  try {
    return JSON.parse(readFileSync(join(dir, 'agent', 'identity.json'), 'utf8')).machineId;
  } catch {
    return 'none';
  }
}
