/** What a job's command is told beside the renter's own variables. */
export type JobPlace = {
  readonly jobId: string;
  readonly index: number;
  readonly size: number;
  /** Counted from 1. */
  readonly attempt: number;
  readonly rank: number;
  readonly machines: number;
  /** Of each machine. */
  readonly gpuCount: number;
  readonly artifactsPath: string | null;
  readonly checkpointPath: string | null;
};

/** Names that only the market sets. */
export const JOB_VARIABLE = /^SUBLET_/;

/**
 * The whole environment of a job's command on one of its machines. A machine of several also finds its number, how many there are,
 * and its GPUs under the names that launchers of distributed programs use; a renter's own of these names win. No address of another
 * machine (MASTER_ADDR) is among them: machines of different hosts share no network, and a name that leads nowhere helps nobody.
 */
export function jobVariables(renters: Readonly<Record<string, string>>, place: JobPlace): Record<string, string> {
  const { rank, machines, gpuCount } = place;
  const launcher = { NODE_RANK: rank, NNODES: machines, NPROC_PER_NODE: gpuCount };
  return {
    ...(machines === 1
      ? {}
      : Object.fromEntries(Object.entries(launcher).map(([name, value]) => [name, String(value)]))),
    ...renters,
    SUBLET_JOB_ID: place.jobId,
    SUBLET_ARRAY_INDEX: String(place.index),
    SUBLET_ARRAY_SIZE: String(place.size),
    SUBLET_ATTEMPT: String(place.attempt),
    SUBLET_MACHINE_RANK: String(rank),
    SUBLET_MACHINES: String(machines),
    ...(place.artifactsPath === null ? {} : { SUBLET_ARTIFACTS: place.artifactsPath }),
    ...(place.checkpointPath === null ? {} : { SUBLET_CHECKPOINT: place.checkpointPath }),
  };
}
