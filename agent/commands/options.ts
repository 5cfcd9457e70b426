import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { GpuSource } from '../probes/specification.ts';
import { simulatedGpus } from '../simulate/gpus.ts';

/** What was typed cannot be meant: the message is a sentence, and the exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const DESCRIPTION = {
  dir: { type: 'string' },
  market: { type: 'string' },
  code: { type: 'string' },
  file: { type: 'string' },
  tools: { type: 'string' },
  simulate: { type: 'string' },
  'simulate-if-no-gpu': { type: 'boolean' },
  force: { type: 'boolean' },
} as const;

export type OptionName = keyof typeof DESCRIPTION;

export type Options = {
  dir: string;
  market: string | undefined;
  code: string | undefined;
  file: string | undefined;
  tools: string | undefined;
  /** Null when nothing was said about it. */
  simulate: 'ifNoGpu' | { xml: string } | null;
  force: boolean;
  positionals: string[];
};

/** Reads the words after a command. Only the options that it knows are allowed. */
export function readOptions(command: string, words: string[], allowed: readonly OptionName[]): Options {
  const known = Object.fromEntries(allowed.map((name) => [name, DESCRIPTION[name]]));
  let parsed: { values: Record<string, string | boolean | undefined>; positionals: string[] };
  try {
    parsed = parseArgs({ args: words, options: known, allowPositionals: true }) as typeof parsed;
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}. "sublet-agent help" explains ${command}.`);
  }
  const text = (name: OptionName) => {
    const value = parsed.values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const recording = text('simulate');
  return {
    dir: text('dir') ?? process.env.SUBLET_AGENT_DIR ?? '/var/lib/sublet-agent',
    market: text('market'),
    code: text('code'),
    file: text('file'),
    tools: text('tools'),
    simulate:
      recording !== undefined
        ? { xml: readRecording(recording) }
        : parsed.values['simulate-if-no-gpu']
          ? 'ifNoGpu'
          : null,
    force: parsed.values.force === true,
    positionals: parsed.positionals,
  };
}

function readRecording(path: string): string {
  try {
    const xml = readFileSync(path, 'utf8');
    simulatedGpus(xml, '');
    return xml;
  } catch (error) {
    throw new UsageError(`${path} cannot be used: ${(error as Error).message}`);
  }
}

/** The words of --code, or what stands in the file that it names. */
export function codeFrom(option: string): string {
  if (!existsSync(option)) {
    if (/[/.]/.test(option)) throw new UsageError(`There is no file ${option} with an enrolment code in it.`);
    return option;
  }
  return readFileSync(option, 'utf8').trim();
}

const RECORDING = 'simulated-gpus.xml';

/** How an identity remembers where its GPUs come from. */
export function simulationToKeep(simulate: Options['simulate']): { note: string | null; recording: string | null } {
  if (simulate === null) return { note: null, recording: null };
  return simulate === 'ifNoGpu' ? { note: 'ifNoGpu', recording: null } : { note: 'recording', recording: simulate.xml };
}

export function recordingPath(dir: string): string {
  return join(dir, RECORDING);
}

/** Where GPUs come from: what is said now, else what was said at enrolment. */
export function gpuSourceOf(simulate: Options['simulate'], kept: string | null, dir: string): GpuSource {
  if (simulate === 'ifNoGpu' || (simulate === null && kept === 'ifNoGpu')) return { kind: 'driverElseRecording' };
  if (simulate !== null) return { kind: 'recording', xml: simulate.xml };
  if (kept === 'recording') return { kind: 'recording', xml: readRecording(recordingPath(dir)) };
  return { kind: 'driver' };
}
