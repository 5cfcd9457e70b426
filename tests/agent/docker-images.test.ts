import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUSYBOX, buildImage, leaseSpec, never, ownRuntime, quietly, removeImage } from '#tests/support/docker.ts';
import { has } from '#tests/support/needs.ts';
import { doorTo, inTerminal, runProgram, sshPerson } from '#tests/support/ssh-client.ts';

describe.runIf(has('docker') && has('ssh'))('A shell in an odd image', () => {
  const { runtime, cleanUp } = ownRuntime();
  const renter = sshPerson();
  const image = 'sublet-test/odd';

  /** A lease in an image of these Dockerfile lines on top of busybox; answers ssh's words up to the command. */
  async function rented(
    lines: string[],
    files: Record<string, string> = {},
  ): Promise<{ words: string[]; end: () => Promise<void> }> {
    await buildImage(image, { Dockerfile: [`FROM ${BUSYBOX}`, ...lines].join('\n'), ...files });
    const spec = leaseSpec({ image, authorizedKeys: [renter.publicKey] });
    const { hostKey } = await runtime.start(spec);
    const door = await doorTo(runtime, spec.leaseId);
    const words = [...renter.options, ...renter.trusting('lease', hostKey), '-p', String(door.port), 'root@127.0.0.1'];
    return {
      words,
      async end() {
        door.close();
        await runtime.remove(spec.leaseId);
        await removeImage(image);
      },
    };
  }

  async function says(lines: string[], command: string, files: Record<string, string> = {}): Promise<string> {
    const { words, end } = await rented(lines, files);
    const done = await runProgram('ssh', [...words, command]);
    await end();
    return done.stdout.toString() + done.stderr;
  }

  beforeAll(async () => {
    await runtime.pull({ image: BUSYBOX, leaseId: 'lse_none' }, quietly, never);
  });

  afterAll(async () => {
    await cleanUp();
    renter.forget();
  });

  it('opens although root is locked and expired in the image', async () => {
    const files = { passwd: 'root:x:0:0:root:/root:/bin/sh\n', shadow: 'root:!:1:0:1:7:1:1:\n' };
    expect(await says(['COPY passwd shadow /etc/'], 'echo in', files)).toBe('in\n');
  });

  it('opens although the image’s user is another, and its shell is missing', async () => {
    const files = { passwd: 'root:x:0:0:root:/home/no:/bin/zsh\nbob:x:1000:1000::/:/bin/sh\n' };
    expect(await says(['COPY passwd /etc/', 'USER bob'], 'id -u; pwd; echo $SHELL', files)).toBe('0\n/root\n/bin/sh\n');
  });

  it('opens in an image with nothing but one program: the tools bring a shell', async () => {
    const done = await says(['FROM scratch', 'COPY empty /empty'], 'echo $SHELL; ls /', { empty: '' });
    expect(done).toMatch(/^\/\.tools\/bin\/sh\n/);
    expect(done).toContain('empty\n');
  });

  it('is not broken by loader variables of the image, and commands see them', async () => {
    const lines = ['ENV LD_PRELOAD=/none.so', 'ENV LD_LIBRARY_PATH=/none'];
    expect(await says(lines, 'echo $LD_PRELOAD $LD_LIBRARY_PATH')).toBe('/none.so /none\n');
  });

  it('keeps the image’s PATH in a login shell whose profile forgets it', async () => {
    const profile = 'PATH=/bin\nexport PATH\nfor i in /etc/profile.d/*.sh; do . "$i"; done\n';
    const { words, end } = await rented(
      ['ENV PATH=/opt/conda/bin:/bin', 'COPY profile /etc/profile', 'RUN mkdir -p /etc/profile.d'],
      { profile },
    );
    const terminal = inTerminal(['ssh', '-tt', ...words].map((word) => `'${word}'`).join(' '));
    try {
      await terminal.sees(/# /);
      terminal.type('echo path-is $PATH\n');
      await terminal.sees(/path-is \/opt\/conda\/bin:\/bin:\/\.tools\/bin/);
    } finally {
      terminal.kill();
      await end();
    }
  });

  it('never shows a file of the host through links in the image', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sublet-host-'));
    writeFileSync(join(folder, 'passwd'), 'hostuser:x:4242:4242::/:/bin/sh\n', { mode: 0o644 });
    const lines = [
      `RUN mkdir -p /etc && ln -s ../../../../..${folder}/passwd /etc/passwd && ln -s /proc/1/root${folder}/passwd /etc/group`,
    ];
    expect(await says(lines, 'cat /.lease/passwd /.lease/group')).not.toContain('hostuser');
    rmSync(folder, { recursive: true });
  });

  it('follows links inside the image, as some distributions have them', async () => {
    const files = { passwd: 'root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/:/bin/sh\n' };
    const lines = ['COPY passwd /store/passwd', 'RUN mkdir -p /etc && ln -s ../store/passwd /etc/passwd'];
    expect(await says(lines, 'cat /.lease/passwd', files)).toContain('alice:x:1000');
  });

  it('is refused with a sentence when the image asks for GPUs by a volume', async () => {
    await buildImage(image, { Dockerfile: `FROM ${BUSYBOX}\nVOLUME /var/run/nvidia-container-devices/all\n` });
    await expect(runtime.start(leaseSpec({ image }))).rejects.toMatchObject({ code: 'unrunnable' });
    await removeImage(image);
  });
});
