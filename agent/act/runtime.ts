import type { Duplex } from 'node:stream';
import type { Failure, PullProgress } from '../../protocol/agent.ts';
import type { Specification } from '../../protocol/specification.ts';

/** Everything a runtime needs to run one rental. It is data from strangers: a runtime treats each field as such. */
export type WorkloadSpec = {
  leaseId: string;
  /** The start this is: 1 at first, one more at each `start` after a stop. */
  run: number;
  image: string;
  /** Null runs the image so that a shell can live in it, whatever its own command is. */
  command: string[] | null;
  /** It runs its command to the end: no shell needs to open in it, and it may have ended before `start` returns. */
  untilExit?: boolean;
  /** Without a command the image's own program runs, not a shell's idling: nobody logs in. */
  ownProgram?: boolean;
  environment: Record<string, string>;
  gpuUuids: string[];
  limits: { cpuMillis: number; memoryBytes: number; pids: number };
  diskBytes: number;
  /** Lines of authorized_keys without options. */
  authorizedKeys: string[];
};

/** That a workload will be stopped at an instant, for people and for programs; null: what was said of that does not stand any more. */
export type Warning = { endsAt: Date | null; sentence: string; signal: boolean };

/** What a runtime has of a lease, found by its own marks on it: this is how a restarted agent adopts its rentals. */
export type ExistingWorkload = {
  leaseId: string;
  run: number;
  running: boolean;
  exitCode: number | null;
  /** True of what did not end by itself: the runtime was stopped under it, or went away with it. */
  ended?: true;
  /** The public line of the lease's ssh host key; null when its files are gone. */
  hostKey: string | null;
};

export type OnExit = (leaseId: string, exitCode: number | null, ended?: boolean) => void;

/** `exitCode` is there when the program has ended already. */
export type Started = { hostKey: string; exitCode?: number | null };

/** One piece of what a workload printed. `offset` counts bytes of UTF-8 text since the lease began, over all its runs. */
export type LogPiece = { offset: number; at: Date; stream: 'stdout' | 'stderr' | 'agent'; text: string };

/** What a container used so far, as its control group counts it; null is what the machine does not count. */
export type Usage = {
  cpuMicroseconds: number | null;
  /** Held now. */
  memoryBytes: number | null;
  diskReadBytes: number | null;
  diskWrittenBytes: number | null;
  networkReceivedBytes: number | null;
  networkSentBytes: number | null;
  /** TCP ports on which its programs listen now. */
  listeningPorts?: number[] | null;
};

/** A workload that could not be brought up or kept up: a code of the protocol and a sentence for the renter. */
export class WorkloadFailure extends Error {
  override readonly name = 'WorkloadFailure';
  readonly code: Failure;
  /** Another machine may well run it. */
  readonly onlyHere: boolean;

  constructor(code: Failure, detail: string, cause?: unknown, { onlyHere = false } = {}) {
    super(detail.slice(0, 2_000), cause === undefined ? undefined : { cause });
    this.code = code;
    this.onlyHere = onlyHere;
  }
}

/**
 * Runs rentals in containers. Every method may be called again after the agent died in the middle of it.
 * What goes wrong with a workload is a {@link WorkloadFailure}; anything else thrown is a bug or a broken machine.
 */
export interface ContainerRuntime {
  readonly name: 'docker' | 'memory';

  /** What is installed here; `docker` is null when nothing can run, and `problem` then is a sentence with the way to mend it. */
  describe(): Promise<{ docker: Specification['docker']; problem: string | null }>;

  /** Makes the image present, with progress a few times a second at most. An image that came here for a rental before needs no network. */
  pull(
    spec: Pick<WorkloadSpec, 'image' | 'leaseId'>,
    onProgress: (progress: PullProgress) => void,
    signal: AbortSignal,
  ): Promise<void>;

  /**
   * Creates and starts the container, and returns once its ssh server answers. A running container of this lease and run is
   * adopted. With `untilExit` it returns as soon as the container runs, and says the exit code of what has ended already.
   */
  start(spec: WorkloadSpec): Promise<Started>;

  /** Ends the processes: politely, and after `graceSeconds` not. Files are kept. Nothing to stop is success. */
  stop(leaseId: string, graceSeconds: number): Promise<void>;

  /** Removes the container with its files, network, keys and logs. Nothing to remove is success. */
  remove(leaseId: string): Promise<void>;

  list(): Promise<ExistingWorkload[]>;

  /** One stream to the ssh server of the lease. Rejects with `shellFailed` when there is none. */
  connect(leaseId: string): Promise<Duplex>;

  /** What the workload printed from `fromOffset` on, followed until the container ends or `signal` aborts. */
  logs(leaseId: string, fromOffset: number, signal?: AbortSignal): AsyncIterable<LogPiece>;

  /** What the running workload used since it began; null when nothing runs. Starts no process. */
  usage(leaseId: string, signal: AbortSignal): Promise<Usage | null>;

  /**
   * Tells whoever uses the workload that it will be stopped then: a line in every open shell, and a file that programs can look
   * for, or that it will not and the file goes. With `signal` its program is sent SIGTERM. A workload that does not run is told nothing.
   */
  warn(leaseId: string, warning: Warning): Promise<void>;

  /** Replaces the renter's keys for new connections; those already open stay. */
  updateKeys(leaseId: string, authorizedKeys: string[]): Promise<void>;

  /**
   * Calls back when a container ends, by itself or by {@link stop}, perhaps twice; `ended` where neither did it: the runtime was stopped under
   * it. Returns the way to stop watching.
   */
  watch(onExit: OnExit): () => void;
}
