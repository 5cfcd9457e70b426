import { setTimeout as pause } from 'node:timers/promises';
import { type DefaultJob, type DefaultJobReport, type DefaultJobState, defaultJob } from '../protocol/default-job.ts';
import { verifySigned } from '../protocol/keys.ts';
import { DOMAINS, type Signed } from '../protocol/words.ts';
import type { ContainerRuntime, WorkloadSpec } from './act/runtime.ts';
import type { Trust } from './lease.ts';
import { type Log, messageOf } from './log.ts';

export type DefaultJobsOptions = {
  trust: Pick<Trust, 'leaseKey' | 'machineId'>;
  runtime: ContainerRuntime;
  log: Log;
  monotonic: () => number;
  /** What the whole machine has to give. */
  room: () => Pick<WorkloadSpec, 'gpuUuids' | 'limits'>;
  /** Something changed: rentals may go on, and the market should hear. */
  onChange: () => void;
};

/** What the machine runs for its host while no rental wants it. It holds no money and no lease, and goes at once. */
export type DefaultJobs = {
  /** What the market says; undefined: nothing new. What it did not sign, or is older, is not believed. */
  apply(said: Signed | null | undefined): void;
  /** Whether a rental runs, or wants to. While one does, the job is put out, and stays so. */
  look(rented: boolean): void;
  /** The same runtime for rentals: it starts none before the job has given its GPUs back. */
  yielding(runtime: ContainerRuntime): ContainerRuntime;
  /** Null when there is nothing to run. */
  report(): DefaultJobReport | null;
  /** Resolves when nothing is being done any more. */
  idle(): Promise<void>;
};

/** After an exit or a failure it is tried again, not sooner than this. */
const AGAIN_MS = 60_000;
const AFTER_TROUBLE_MS = 1_000;
/** Put out, it gets so long to end by itself: a rental waits for it. */
const GRACE_SECONDS = 1;

export function defaultJobsOf(options: DefaultJobsOptions): DefaultJobs {
  const { trust, runtime, log, monotonic, onChange } = options;
  const id = `default-${trust.machineId}`.slice(0, 64);
  let wanted: DefaultJob | null = null;
  let rented = true;
  let busy: Promise<void> | null = null;
  let pull: AbortController | null = null;
  /** The revision whose container runs, or may; null when none does. */
  let running: number | null = null;
  let state: DefaultJobState = 'waiting';
  let detail: string | null = null;
  let notBefore = 0;
  /** An earlier agent may have left its container: it is removed before anything else. */
  let unknown = true;
  /** What went wrong last: while it stays the same it is told once, however often it is tried. */
  let trouble: string | null = null;

  runtime.watch((leaseId, exitCode) => {
    if (leaseId !== id || running === null || busy !== null) return;
    running = null;
    rest('ended', exitCode === null ? 'It ended by itself.' : `It ended by itself with exit code ${exitCode}.`);
  });

  function say(next: DefaultJobState, why: string | null = null): void {
    const changed = state !== next || detail !== why;
    [state, detail] = [next, why];
    if (changed) onChange();
  }

  /** It does not run; it is tried again in a while. */
  function rest(next: 'ended' | 'failed', why: string): void {
    notBefore = monotonic() + AGAIN_MS;
    say(next, why.slice(0, 2_000));
  }

  function begin(work: () => Promise<void>): void {
    busy = Promise.resolve()
      .then(work)
      .then(() => {
        trouble = null;
      })
      .catch((error) => {
        if (trouble !== messageOf(error))
          log.warn('The default job could not be run, or put out.', { error: messageOf(error) });
        trouble = messageOf(error);
        rest('failed', messageOf(error));
        return pause(AFTER_TROUBLE_MS, undefined, { ref: false });
      })
      .finally(() => {
        busy = null;
        onChange();
        step();
      });
  }

  function step(): void {
    if (busy !== null) {
      if (pull !== null && (rented || wanted === null)) pull.abort();
      return;
    }
    if (unknown) begin(clear);
    else if (running !== null && (rented || wanted?.revision !== running)) begin(putOut);
    else if (wanted === null || running !== null) return;
    else if (rented) say('waiting');
    else if (monotonic() >= notBefore) begin(bringUp);
  }

  async function clear(): Promise<void> {
    const left = (await runtime.list()).some(({ leaseId }) => leaseId === id);
    if (left) await runtime.remove(id);
    unknown = false;
  }

  async function putOut(): Promise<void> {
    log.info(rented ? 'The default job yields to a rental.' : 'The default job changes.');
    await runtime.stop(id, GRACE_SECONDS);
    if (wanted?.revision !== running) await runtime.remove(id);
    running = null;
    if (wanted !== null) say('waiting');
  }

  async function bringUp(): Promise<void> {
    if (wanted === null) return;
    const { image, command, revision } = wanted;
    say('pulling');
    pull = new AbortController();
    const { signal } = pull;
    try {
      await runtime.pull({ image, leaseId: id }, () => undefined, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      pull = null;
    }
    if (rented || wanted?.revision !== revision) return;
    running = revision;
    try {
      const spec = { leaseId: id, run: revision, image, command, environment: {}, diskBytes: 0 };
      const alone = { ownProgram: true, untilExit: true, authorizedKeys: [] };
      await runtime.start({ ...spec, ...alone, ...options.room() });
    } catch (error) {
      await runtime.stop(id, GRACE_SECONDS).catch(() => undefined);
      running = null;
      throw error;
    }
    say('running');
  }

  return {
    apply(said) {
      if (said === undefined) return;
      const next = said === null ? null : read(said, trust);
      if (next === undefined) {
        log.warn('A default job was not taken: the market did not sign it for this machine.');
        return;
      }
      if (next !== null && wanted !== null && next.revision < wanted.revision) return;
      if (next?.revision !== wanted?.revision) notBefore = 0;
      wanted = next;
      step();
    },
    look(isRented) {
      rented = isRented;
      step();
    },
    yielding: (given) => ({
      ...given,
      async start(spec) {
        rented = true;
        for (step(); busy !== null || running !== null || unknown; step()) await (busy ?? Promise.resolve());
        return given.start(spec);
      },
    }),
    report: () => (wanted === null ? null : { revision: wanted.revision, state, detail }),
    async idle() {
      while (busy !== null) await busy;
    },
  };
}

/** The job inside signed text; undefined when the market did not sign it for this machine. */
function read(said: Signed, { leaseKey, machineId }: DefaultJobsOptions['trust']): DefaultJob | undefined {
  if (!verifySigned(DOMAINS.defaultJob, said, leaseKey)) return undefined;
  try {
    const job = defaultJob.safeParse(JSON.parse(said.payload));
    return job.success && job.data.machineId === machineId ? job.data : undefined;
  } catch {
    return undefined;
  }
}
