import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DOUBTFUL, type Findings, isByImage, isOwnRegistry } from './blame.ts';

const OWN = 'registry.example/owner/image:v1';
const nothing: Findings = {
  image: OWN,
  bare: true,
  ranElsewhere: false,
  machineRanOthers: null,
  failedElsewhere: false,
};

describe('who is to blame for a window that never could be used', () => {
  it('is its host where nothing is known, and its image where the same happens with another host', () => {
    for (const failure of DOUBTFUL) {
      expect(isByImage(failure, nothing)).toBe(false);
      expect(isByImage(failure, { ...nothing, failedElsewhere: true })).toBe(true);
    }
  });

  it('is its image where the machine runs what others rent, and its machine where it does not', () => {
    for (const failure of DOUBTFUL) {
      expect(isByImage(failure, { ...nothing, machineRanOthers: true })).toBe(true);
      expect(isByImage(failure, { ...nothing, machineRanOthers: false, failedElsewhere: true })).toBe(false);
    }
  });

  it('is never the image where it runs for others, unless a command or variables were added to it', () => {
    const runs = { ...nothing, machineRanOthers: true, ranElsewhere: true };
    for (const failure of DOUBTFUL) expect(isByImage(failure, runs)).toBe(false);
    expect(isByImage('shellFailed', { ...runs, bare: false })).toBe(true);
    expect(isByImage('pullFailed', { ...runs, bare: false })).toBe(false);
  });

  it.each(['ubuntu:24.04', 'owner/image', 'ghcr.io/a/b:1', 'europe-docker.pkg.dev/a/b/c', 'sublet/busybox:latest'])(
    'is never the renter of %s where it did not arrive: its registry is everybody’s',
    (image) => {
      fc.assert(
        fc.property(fc.boolean(), fc.boolean(), fc.boolean(), (bare, machineRanOthers, failedElsewhere) => {
          expect(isByImage('pullFailed', { ...nothing, image, bare, machineRanOthers, failedElsewhere })).toBe(false);
        }),
      );
    },
  );

  it.each([OWN, 'ghcr.io.example/a/b', 'evilpkg.dev/a/b', '192.0.2.7:5000/a/b', 'localhost/a'])(
    'may be whoever names a registry of their own: %s',
    (image) => {
      expect(isOwnRegistry(image)).toBe(true);
    },
  );
});
