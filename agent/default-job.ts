import { setTimeout as pause } from 'node:timers/promises';
import { type DefaultJob, type DefaultJobReport, type DefaultJobState, defaultJob } from '../protocol/default-job.ts';
import { verifySigned } from '../protocol/keys.ts';
import type { Specification } from '../protocol/specification.ts';
import { DOMAINS, type Signed } from '../protocol/words.ts';
import type { ContainerRuntime, WorkloadSpec } from './act/runtime.ts';
import type { Trust } from './lease.ts';
import { type Log, messageOf } from './log.ts';
import { pausesOf } from './pauses.ts';

export type DefaultJobsOptions = {
  trust: Pick<Trust, 'leaseKey' | 'machineId'>;
  runtime: ContainerRuntime;
  log: Log;
  monotonic: () => number;
  /** What the machine has to give beside rentals; null when that is nothing. */
  room: (taken: Taken) => Room | null;
  /** Something changed: rentals may go on, and the market should hear. */
  onChange: () => void;
};

/** GPUs that rentals have, or want within moments, by UUID; `all` where the machine is to be left alone. */
export type Taken = ReadonlySet<string> | 'all';
/** GPUs that nobody rents, and their share of the rest. `holds` names them also where containers are given none. */
export type Room = Pick<WorkloadSpec, 'gpuUuids' | 'limits'> & { readonly holds: readonly string[] };

/** What the machine runs for its host on GPUs that no rental wants. It holds no money and no lease, and goes at once. */
export type DefaultJobs = {
  /** What the market says; undefined: nothing new. What it did not sign, or is older, is not believed. */
  apply(said: Signed | null | undefined): void;
  /** What rentals have, or want. As soon as that is a GPU of the job's, the job is put out. */
  look(taken: Taken): void;
  /** The same runtime for rentals: it starts none before the job has given that one's GPUs back. */
  yielding(runtime: ContainerRuntime): ContainerRuntime;
  /** Null when there is nothing to run. */
  report(): DefaultJobReport | null;
  /** Resolves when nothing is being done any more. */
  idle(): Promise<void>;
};

const AFTER_TROUBLE_MS = 1_000;
/** A job on a part of the machine begins again on all of it when nobody has rented for so long. */
const GROW_MS = 60_000;
/** A container that is made anew for other GPUs keeps its files as one more layer, of which a container has a bounded number. */
const MOST_LAYERS = 60;
/** Put out, it gets so long to end by itself: a rental waits for it. */
const GRACE_SECONDS = 1;

export function defaultJobsOf(options: DefaultJobsOptions): DefaultJobs {
  const { trust, runtime, log, monotonic, onChange } = options;
  const id = `default-${trust.machineId}`.slice(0, 64);
  let wanted: DefaultJob | null = null;
  let taken: Taken = 'all';
  /** Since when nobody rents. */
  let quietSince: number | null = null;
  /** The GPUs that its container was last made for, and how often it was made for others. */
  let madeFor: string | null = null;
  let layers = 0;
  let busy: Promise<void> | null = null;
  let pull: AbortController | null = null;
  /** Whose container runs, or may, and on which GPUs; null when none does. */
  let running: { readonly revision: number; readonly holds: readonly string[] } | null = null;
  let state: DefaultJobState = 'waiting';
  let detail: string | null = null;
  const pauses = pausesOf(monotonic);
  /** Set while it is being started: what it ended with already, if it did. */
  let starting: { ended: { exitCode: number | null } | null } | null = null;
  /** An earlier agent may have left its container: it is removed before anything else. */
  let unknown = true;
  /** What went wrong last: while it stays the same it is told once, however often it is tried. */
  let trouble: string | null = null;

  runtime.watch((leaseId, exitCode) => {
    if (leaseId !== id || running === null) return;
    if (starting !== null) starting.ended = { exitCode };
    else if (busy === null) over(exitCode);
  });

  function over(exitCode: number | null): void {
    running = null;
    rest('ended', exitCode === null ? 'It ended by itself.' : `It ended by itself with exit code ${exitCode}.`);
  }

  function say(next: DefaultJobState, why: string | null = null): void {
    const changed = state !== next || detail !== why;
    [state, detail] = [next, why];
    if (changed) onChange();
  }

  /** It does not run; it is tried again in a while: the longer, the more often in a row this was so. */
  function rest(next: 'ended' | 'failed', why: string): void {
    const minutes = Math.round(pauses.rest() / 60_000);
    say(next, `${why.slice(0, 1_900)} It is tried again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`);
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
        // What is only in the way of a rental is put out again at once, however often that fails.
        if (running === null) rest('failed', messageOf(error));
        else say('failed', messageOf(error).slice(0, 2_000));
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
      if (pull !== null && (wanted === null || options.room(taken) === null)) pull.abort();
      return;
    }
    if (unknown) begin(clear);
    else if (running !== null && (isInTheWay() || wanted?.revision !== running.revision || mayGrow())) begin(putOut);
    else if (wanted === null || running !== null) return;
    else if (options.room(taken) === null) say('waiting');
    else if (pauses.isOver()) begin(bringUp);
  }

  /** Whether a rental has, or wants, a GPU that it runs on. */
  function isInTheWay(): boolean {
    if (running === null) return false;
    if (taken === 'all') return true;
    const rented = taken;
    return running.holds.length === 0 ? rented.size > 0 : running.holds.some((uuid) => rented.has(uuid));
  }

  /** Whether it runs on a part of a machine that nobody has rented for a while. */
  function mayGrow(): boolean {
    if (running === null || quietSince === null || monotonic() - quietSince < GROW_MS) return false;
    return running.holds.length < (options.room(taken)?.holds.length ?? 0);
  }

  async function clear(): Promise<void> {
    const left = (await runtime.list()).some(({ leaseId }) => leaseId === id);
    if (left) await runtime.remove(id);
    unknown = false;
  }

  async function putOut(): Promise<void> {
    log.info(isInTheWay() ? 'The default job yields to a rental.' : 'The default job changes.');
    await runtime.stop(id, GRACE_SECONDS);
    if (wanted?.revision !== running?.revision) await removeIt();
    running = null;
    if (wanted !== null) say('waiting');
  }

  async function removeIt(): Promise<void> {
    await runtime.remove(id);
    [madeFor, layers] = [null, 0];
  }

  /** Its container keeps its files when it is made anew for other GPUs, until there would be too many layers of them. */
  async function makeWayFor({ holds }: Room): Promise<void> {
    const wantedFor = holds.join();
    if (madeFor !== null && madeFor !== wantedFor) layers += 1;
    if (layers > MOST_LAYERS) await removeIt();
    madeFor = wantedFor;
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
    const room = options.room(taken);
    if (room === null || wanted?.revision !== revision) return;
    const { holds, ...given } = room;
    running = { revision, holds };
    try {
      await makeWayFor(room);
      const spec = { leaseId: id, run: revision, image, command, environment: {}, diskBytes: 0 };
      const alone = { ownProgram: true, untilExit: true, authorizedKeys: [] };
      const ended = await startUp({ ...spec, ...alone, ...given });
      if (ended !== null) return over(ended.exitCode);
    } catch (error) {
      await runtime.stop(id, GRACE_SECONDS).catch(() => undefined);
      running = null;
      throw error;
    }
    pauses.begun();
    say('running');
  }

  /** Starts its container. Answers what it ended with where it ended before anybody could look; null while it runs. */
  async function startUp(spec: WorkloadSpec): Promise<{ exitCode: number | null } | null> {
    const heard: NonNullable<typeof starting> = { ended: null };
    starting = heard;
    try {
      const { exitCode } = await runtime.start(spec);
      if (exitCode !== undefined) return { exitCode };
      if (heard.ended === null) return null;
      // News of the container that stood there before may come late.
      const runs = (await runtime.list()).some(({ leaseId, running: up }) => leaseId === id && up);
      return runs ? null : heard.ended;
    } finally {
      starting = null;
    }
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
      if (next?.revision !== wanted?.revision) pauses.forget();
      wanted = next;
      step();
    },
    look(now) {
      taken = now;
      quietSince = now !== 'all' && now.size === 0 ? (quietSince ?? monotonic()) : null;
      step();
    },
    yielding: (given) => ({
      ...given,
      async start(spec) {
        if (taken !== 'all') taken = new Set([...taken, ...spec.gpuUuids]);
        for (step(); unknown || isInTheWay(); step()) await (busy ?? Promise.resolve());
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

/** What of a machine nobody rents: its GPUs, and the share of processors and memory that they are of all. Null when that is nothing. */
export function roomOf(specification: Specification, taken: Taken): Room | null {
  const { gpus, simulated, cpuThreads, memoryBytes } = specification;
  if (taken === 'all') return null;
  const free = gpus.filter(({ uuid }) => !taken.has(uuid)).map(({ uuid }) => uuid);
  // A machine without GPUs is free or not.
  if (free.length === 0 && (gpus.length > 0 || taken.size > 0)) return null;
  const share = gpus.length === 0 ? 1 : free.length / gpus.length;
  return {
    holds: free,
    gpuUuids: simulated ? [] : free,
    limits: {
      cpuMillis: Math.floor(cpuThreads * 1_000 * share),
      memoryBytes: Math.floor(memoryBytes * 0.9 * share),
      pids: 4_096,
    },
  };
}
