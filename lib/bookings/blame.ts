import { isPublicRegistry } from '#protocol/registries.ts';
import { readImage } from './image.ts';

/** Failures that a machine can be to blame for, or what its renter runs: neither's word decides between them. */
export const DOUBTFUL = ['pullFailed', 'startFailed', 'shellFailed'] as const;
export type Doubtful = (typeof DOUBTFUL)[number];

export function isDoubtful(reason: string | null | undefined): reason is Doubtful {
  return (DOUBTFUL as readonly (string | null | undefined)[]).includes(reason);
}

/** So far back others' rentals of an image, and failures of a renter's, say something. */
export const IMAGE_DAYS = 30;
/** So far back others' rentals on a machine say something. */
export const MACHINE_DAYS = 3;

/** What is known of a window that never could be used, by what others did: nothing here is in its renter's hands alone, or in its host's. */
export type Findings = {
  /** Its image, as its renter named it. */
  readonly image: string;
  /** Nothing but the image decides whether a shell comes up: no command and no variables of its renter's. */
  readonly bare: boolean;
  /** A shell came up in that image on a machine of another host: for somebody else, or, where its digest says that it is the same, for anybody. */
  readonly ranElsewhere: boolean;
  /** Whether a shell came up on this machine, in other images, for more people than it did not; null where nobody else was there. */
  readonly machineRanOthers: boolean | null;
  /** Another window of this renter never could be used, on a machine of another host: it failed so, or its image did not arrive from a registry that may be theirs. */
  readonly failedElsewhere: boolean;
};

/**
 * Whether a window that failed so before it could be used is held against what its renter wanted to run. Not where the image came from a
 * registry that is everybody's and did not arrive, nor where it runs for others. It is where the machine runs what others rent,
 * or where the same happened to this renter with another host. Where nothing is known its host bears it: at most once for a renter and
 * a month, because the next time something is known.
 */
export function isByImage(failure: Doubtful, findings: Findings): boolean {
  if (failure === 'pullFailed' && !isOwnRegistry(findings.image)) return false;
  if (findings.ranElsewhere && (failure === 'pullFailed' || findings.bare)) return false;
  return findings.machineRanOthers ?? findings.failedElsewhere;
}

/** Whether an image comes from a registry that may be its renter's own. */
export function isOwnRegistry(image: string): boolean {
  const read = readImage(image);
  return !('problem' in read) && !isPublicRegistry(read.domain);
}
