import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PullProgress, pullProgress as progressShape } from '#protocol/agent.ts';
import { BUSYBOX, docker, never, ownRuntime, quietly, removeImage } from '#tests/support/docker.ts';
import { has } from '#tests/support/needs.ts';
import { badLine, startRegistry } from '#tests/support/registry.ts';

const MIB = 1_048_576;
const NAME = 'owner/layers:v1';
/** Docker tries a broken layer again for 75 seconds; the long run waits for that. */
const long = process.env.SUBLET_LONG === '1';

describe.runIf(has('docker') && has('registry'))('Pulling an image from a registry', () => {
  const { runtime, again, cleanUp } = ownRuntime();
  let registry: Awaited<ReturnType<typeof startRegistry>>;
  const leaseId = 'lse_pull';

  const isHere = (image: string) =>
    docker
      .getImage(image)
      .inspect()
      .then(
        () => true,
        () => false,
      );

  beforeAll(async () => {
    registry = await startRegistry();
    await registry.push(NAME, [2 * MIB, 6 * MIB, 3 * MIB]);
  });

  afterAll(async () => {
    await registry.stop();
    await cleanUp();
  });

  it('shows each layer and its bytes as they come', async () => {
    const line = await badLine(registry.port, 6 * MIB);
    const image = `127.0.0.1:${line.port}/${NAME}`;
    const seen: PullProgress[] = [];
    await runtime.pull({ image, leaseId }, (progress) => seen.push(progress), never);
    expect(await isHere(image)).toBe(true);
    for (const progress of seen) progressShape.parse(progress);
    const last = seen.at(-1);
    expect(last?.layers.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    expect(last?.bytesDone).toBe(last?.bytesTotal);
    expect(last?.bytesTotal).toBeGreaterThan(10 * MIB);
    const half = seen.filter(({ layers }) =>
      layers.some(({ state, bytesDone, bytesTotal }) => state === 'downloading' && bytesDone < bytesTotal),
    );
    expect(half.length).toBeGreaterThan(1);
    expect(seen.some(({ bytesPerSecond }) => bytesPerSecond > MIB / 2)).toBe(true);
    line.close();

    const second: PullProgress[] = [];
    await runtime.pull({ image, leaseId }, (progress) => second.push(progress), never);
    expect(second).toEqual([]);
    await removeImage(image);
  });

  it('uses an image that was pulled for a rental without asking anybody, also after a restart', async () => {
    const line = await badLine(registry.port, 100 * MIB);
    const image = `127.0.0.1:${line.port}/${NAME}`;
    await runtime.pull({ image, leaseId }, quietly, never);
    line.close();
    await again().pull({ image, leaseId }, quietly, never);
    await removeImage(image);
  });

  it('never gives a renter an image that is here for another reason: by name, by id, or from another lease', async () => {
    await runtime.pull({ image: BUSYBOX, leaseId }, quietly, never);
    const { Id } = await docker.getImage(BUSYBOX).inspect();
    const own = { repo: '127.0.0.1:1/host/secret', tag: 'v1' };
    await docker.getImage(BUSYBOX).tag(own);
    await docker.getImage(BUSYBOX).tag({ repo: 'sublet/lease', tag: 'lse_other-1' });
    for (const image of [`${own.repo}:${own.tag}`, 'sublet/lease:lse_other-1', Id, Id.slice('sha256:'.length, 20)]) {
      await expect(runtime.pull({ image, leaseId }, quietly, never), image).rejects.toHaveProperty('code');
    }
    await removeImage(`${own.repo}:${own.tag}`);
    await removeImage('sublet/lease:lse_other-1');
  });

  it('makes the offline image itself and never pulls another of that name', async () => {
    const image = 'sublet/busybox:test-made-here';
    await runtime.pull({ image, leaseId }, quietly, never);
    expect((await docker.getImage(image).inspect()).Config.Cmd).toEqual(['/bin/sh']);
    await removeImage(image);
    await expect(runtime.pull({ image: 'sublet/other', leaseId }, quietly, never)).rejects.toMatchObject({
      code: 'imageNotFound',
      message: expect.stringContaining('made on the machine itself'),
    });
  });

  it.each(['owner/nothing:v1', 'owner/layers:v2'])('says that the registry has no %s', async (name) => {
    const pull = runtime.pull({ image: `127.0.0.1:${registry.port}/${name}`, leaseId }, quietly, never);
    await expect(pull).rejects.toMatchObject({ code: 'imageNotFound', message: expect.stringContaining('no image') });
  });

  it.each(['', 'a b', '--privileged', 'x'.repeat(600)])('says of %j that it is no image name', async (image) => {
    await expect(runtime.pull({ image, leaseId }, quietly, never)).rejects.toMatchObject({ code: 'imageNotFound' });
  });

  it('says that a private image cannot be had', async () => {
    const locked = await startRegistry({ locked: true });
    const pull = runtime.pull({ image: `127.0.0.1:${locked.port}/${NAME}`, leaseId }, quietly, never);
    await expect(pull).rejects.toMatchObject({ code: 'imageNotFound', message: expect.stringContaining('private') });
    await locked.stop();
  });

  it('says that nobody answers there', async () => {
    const pull = runtime.pull({ image: '127.0.0.1:9/owner/x:v1', leaseId }, quietly, never);
    await expect(pull).rejects.toMatchObject({ code: 'pullFailed' });
  });

  it('fails with a sentence when the line is cut half-way, and works when it is mended', {
    timeout: 180_000,
  }, async () => {
    const line = await badLine(registry.port, 4 * MIB);
    const image = `127.0.0.1:${line.port}/${NAME}`;
    const cutHalfWay = (progress: PullProgress) => {
      if (progress.bytesDone > 2 * MIB) line.cut();
    };
    const pulling = long ? runtime : again({ stallSeconds: 6 });
    await expect(pulling.pull({ image, leaseId }, cutHalfWay, never)).rejects.toMatchObject({
      code: 'pullFailed',
      message: expect.stringContaining('Start again'),
    });
    expect(await isHere(image)).toBe(false);
    line.mend();
    await runtime.pull({ image, leaseId }, quietly, never);
    expect(await isHere(image)).toBe(true);
    line.close();
    await removeImage(image);
  });

  it('outlives a short cut: Docker goes on where it stopped', { timeout: 60_000 }, async () => {
    const line = await badLine(registry.port, 4 * MIB);
    const image = `127.0.0.1:${line.port}/${NAME}`;
    let cut = false;
    await runtime.pull(
      { image, leaseId },
      ({ bytesDone, layers }) => {
        if (!cut && bytesDone > 2 * MIB) line.cut();
        cut ||= bytesDone > 2 * MIB;
        if (layers.some(({ state }) => state === 'waiting')) line.mend();
      },
      never,
    );
    expect(cut).toBe(true);
    expect(await isHere(image)).toBe(true);
    line.close();
    await removeImage(image);
  });

  it('gives up when nothing comes any more', async () => {
    const line = await badLine(registry.port, 4 * MIB);
    const image = `127.0.0.1:${line.port}/${NAME}`;
    const impatient = again({ stallSeconds: 1 });
    const pull = impatient.pull({ image, leaseId }, ({ bytesDone }) => bytesDone > MIB && line.freeze(), never);
    await expect(pull).rejects.toMatchObject({ code: 'pullFailed', message: expect.stringContaining('sent nothing') });
    line.close();
  });

  it('ends at once when it is called off', async () => {
    const line = await badLine(registry.port, MIB);
    const off = new AbortController();
    const image = `127.0.0.1:${line.port}/${NAME}`;
    const pull = runtime.pull({ image, leaseId }, () => off.abort(new Error('called off')), off.signal);
    await expect(pull).rejects.toThrow('called off');
    line.close();
    expect(await isHere(image)).toBe(false);
  });
});
