/** What a job's command is told beside the renter's own variables. */
export type JobPlace = {
  readonly jobId: string;
  readonly index: number;
  readonly size: number;
  /** Counted from 1. */
  readonly attempt: number;
  readonly rank: number;
  readonly machines: number;
  readonly artifactsPath: string | null;
  readonly checkpointPath: string | null;
};

/** Names that only the market sets. */
export const JOB_VARIABLE = /^SUBLET_/;

/** The whole environment of a job's command on one of its machines. */
export function jobVariables(renters: Readonly<Record<string, string>>, place: JobPlace): Record<string, string> {
  return {
    ...renters,
    SUBLET_JOB_ID: place.jobId,
    SUBLET_ARRAY_INDEX: String(place.index),
    SUBLET_ARRAY_SIZE: String(place.size),
    SUBLET_ATTEMPT: String(place.attempt),
    SUBLET_MACHINE_RANK: String(place.rank),
    SUBLET_MACHINES: String(place.machines),
    ...(place.artifactsPath === null ? {} : { SUBLET_ARTIFACTS: place.artifactsPath }),
    ...(place.checkpointPath === null ? {} : { SUBLET_CHECKPOINT: place.checkpointPath }),
  };
}
