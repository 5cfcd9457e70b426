import { type ChildProcess, spawn } from 'node:child_process';
import type { Log } from '../log.ts';
import { GPU_FIELDS, type GpuLoad, readGpuLine } from './gpu-line.ts';

/** What the machine's GPUs do, at any time without waiting. */
export type GpuSampler = {
  /** Whether anybody needs figures just now: while nobody does, nothing runs. */
  want(wanted: boolean): void;
  /**
   * The newest figures by UUID; a GPU that was not heard of lately is not among them. Where GPUs are pretended, those that are
   * named as rented work.
   */
  latest(rented?: ReadonlySet<string>): ReadonlyMap<string, GpuLoad>;
  /** Ends what runs. */
  close(): void;
};

export type GpuSamplerOptions = {
  log: Log;
  /** Between two looks at the GPUs. */
  everyMs: number;
  command?: string;
  monotonic?: () => number;
  /** The pause before a program that ended is started again; doubles up to `longestPauseMs`. */
  shortestPauseMs?: number;
  longestPauseMs?: number;
  /** A program that prints nothing for so long hangs, and is killed. */
  silenceMs?: number;
};

const LONGEST_LINE = 4_096;
/** A program that went on for so long was well: the next pause is the shortest again. */
const WELL_MS = 60_000;

/**
 * One `nvidia-smi` for all GPUs, which goes on and prints a line for each GPU every `everyMs`: no process for a look. When it
 * ends or hangs it is started again, with growing pauses; one that cannot even be killed (a driver that hangs) is waited for,
 * so that never two are there. It does not outlive this process: it is killed at our exit, and its next line finds no reader.
 */
export function nvidiaSampler(options: GpuSamplerOptions): GpuSampler {
  const { log, everyMs, command = 'nvidia-smi', monotonic = () => performance.now() } = options;
  const { shortestPauseMs = 1_000, longestPauseMs = 300_000, silenceMs = 30_000 } = options;
  const loads = new Map<string, { load: GpuLoad; at: number }>();
  const freshMs = everyMs * 2.5;
  let wanted = false;
  let child: ChildProcess | null = null;
  /** One that was told to end, for nobody needed it. */
  let dismissed: ChildProcess | null = null;
  let startedAt = 0;
  let failures = 0;
  let again: NodeJS.Timeout | undefined;
  let silence: NodeJS.Timeout | undefined;
  let warned = false;

  function start(): void {
    if (!wanted || child !== null || again !== undefined) return;
    const words = [`--query-gpu=${GPU_FIELDS.join(',')}`, '--format=csv,noheader,nounits', '-lms', String(everyMs)];
    const mine = spawn(command, words, { stdio: ['ignore', 'pipe', 'ignore'] });
    child = mine;
    startedAt = monotonic();
    let rest = '';
    const hear = () => {
      clearTimeout(silence);
      silence = setTimeout(() => {
        warn(`nvidia-smi printed nothing for ${Math.round(silenceMs / 1_000)} s: the driver may hang.`);
        mine.kill('SIGKILL');
      }, silenceMs);
      silence.unref();
    };
    hear();
    mine.stdout?.on('data', (chunk: Buffer) => {
      // What one that was told to end had still written is no news.
      if (mine === dismissed) return;
      hear();
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
      for (const line of lines) {
        const load = readGpuLine(line);
        if (load !== null) loads.set(load.uuid, { load, at: monotonic() });
      }
    });
    // Its pipe may stay open behind it: the program is over when it exits, or never began.
    mine.once('exit', (code, signal) => over(mine, `nvidia-smi ended (${signal ?? code})`));
    mine.once('error', (error) => over(mine, `nvidia-smi could not be started: ${error.message}`));
  }

  function over(which: ChildProcess, why: string): void {
    if (child !== which) return;
    child = null;
    which.stdout?.destroy();
    clearTimeout(silence);
    if (!wanted) return;
    if (which === dismissed) {
      start();
      return;
    }
    if (monotonic() - startedAt > WELL_MS) {
      failures = 0;
      warned = false;
    }
    warn(`${why}; the GPUs' figures are missing until it runs again.`);
    const pauseMs = Math.min(longestPauseMs, shortestPauseMs * 2 ** Math.min(failures, 20));
    failures += 1;
    again = setTimeout(() => {
      again = undefined;
      start();
    }, pauseMs);
    again.unref();
  }

  function warn(sentence: string): void {
    if (!warned) log.warn(sentence);
    warned = true;
  }

  function end(): void {
    wanted = false;
    clearTimeout(again);
    clearTimeout(silence);
    again = undefined;
    dismissed = child;
    child?.kill('SIGKILL');
    child?.unref();
    loads.clear();
  }

  process.once('exit', end);
  return {
    want(now) {
      if (now === wanted) return;
      if (now) {
        wanted = true;
        failures = 0;
        start();
      } else end();
    },
    latest() {
      const now = monotonic();
      return new Map([...loads].filter(([, { at }]) => now - at <= freshMs).map(([uuid, { load }]) => [uuid, load]));
    },
    close() {
      process.off('exit', end);
      end();
    },
  };
}
