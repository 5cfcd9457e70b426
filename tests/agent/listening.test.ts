import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { portsIn } from '#agent/act/docker/listening.ts';
import { SSH_PORT } from '#agent/act/shell/tools.ts';
import { BUSYBOX, leaseSpec, never, ownRuntime, quietly } from '#tests/support/docker.ts';
import { eventually } from '#tests/support/eventually.ts';
import { has } from '#tests/support/needs.ts';

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');
const line = (at: number, address: string, port: number, state: string) =>
  `   ${at}: ${address}:${hex(port)} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 12345 1 0000000000000000 100 0 0 10 0`;

describe('the ports on which programs of a container listen', () => {
  it('are read from the tables of the kernel: listening ones, each once, in order', () => {
    const tables = [
      HEAD,
      line(0, '00000000', 8_888, '0A'),
      line(1, '0100007F', 6_006, '0A'),
      line(2, '0100007F', 40_000, '01'),
      HEAD,
      line(0, '00000000000000000000000000000000', 8_888, '0A'),
    ].join('\n');
    expect(portsIn(tables)).toEqual([6_006, 8_888]);
  });

  it('are not those of our own ssh server, nor of the name server that Docker puts in', () => {
    expect(portsIn([line(0, '00000000', SSH_PORT, '0A'), line(1, '0B00007F', 35_000, '0A')].join('\n'))).toEqual([]);
    expect(portsIn('nonsense\n\n')).toEqual([]);
  });
});

describe.runIf(has('docker'))('in a container of a real Docker Engine', () => {
  const { runtime, cleanUp } = ownRuntime();
  beforeAll(() => runtime.pull({ image: BUSYBOX, leaseId: 'lse_none' }, quietly, never));
  afterAll(cleanUp);

  it('are seen once a program listens', async () => {
    const spec = leaseSpec({ command: ['httpd', '-f', '-p', '8888'] });
    await runtime.start(spec);
    const ports = await eventually(async () => {
      const usage = await runtime.usage(spec.leaseId, never);
      return usage?.listeningPorts?.includes(8_888) ? usage.listeningPorts : null;
    });
    expect(ports).toEqual([8_888]);
    await runtime.remove(spec.leaseId);
  });
});
