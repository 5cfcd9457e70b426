import type { WorkloadSpec } from './runtime.ts';

export type ScriptStage = {
  print: (text: string) => void;
  /** Resolves when so much simulated time has passed; false when the workload ended meanwhile. */
  wait: (milliseconds: number) => Promise<boolean>;
};

const SHELLS = new Set(['sh', 'bash', '/bin/sh', '/bin/bash']);
/** What a simulated host pretends for a command that it does not know. */
const USUAL_SECONDS = 20;

/**
 * Plays the command of a job on a host that executes nothing, so that queue, exit codes and logs work without Docker:
 * `sleep`, `echo`, `exit`, `true` and `false`, alone or in `sh -c "…; …"`, with $NAME from the environment. Any other command
 * is said and takes twenty seconds. Resolves to the exit code. A part that fails ends the rest before `&&` only.
 */
export async function runScript(
  spec: Pick<WorkloadSpec, 'command' | 'environment'>,
  stage: ScriptStage,
): Promise<number> {
  const [program = '', ...rest] = spec.command ?? [];
  const script = SHELLS.has(program) ? rest.at(-1) : undefined;
  const lines = script === undefined ? [[program, ...rest]] : partsOf(script);
  let exitCode = 0;
  for (const [first = '', ...words] of lines) {
    if (first === '&&') {
      if (exitCode !== 0) return exitCode;
      continue;
    }
    const said = words.map((word) => filled(word, spec.environment)).join(' ');
    exitCode = 0;
    if (first === 'exit') return Number.parseInt(said, 10) || 0;
    if (first === 'false') exitCode = 1;
    else if (first === 'echo') stage.print(`${said}\n`);
    else if (first !== 'true') {
      const seconds = first === 'sleep' ? Number.parseFloat(said) || 0 : USUAL_SECONDS;
      if (first !== 'sleep') stage.print(`Simulated: "${[first, said].join(' ').trim()}" would run here.\n`);
      if (!(await stage.wait(seconds * 1_000))) return 137;
    }
  }
  return exitCode;
}

/** The commands of a line, each as its words; `&&` stands as one of its own. Quotes only hold words together. */
function partsOf(script: string): string[][] {
  return script
    .replaceAll('&&', ' ;&&; ')
    .split(/[;\n]/)
    .map((part) => [...part.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((word) => word[1] ?? word[2] ?? word[3] ?? ''))
    .filter((words) => words.length > 0);
}

function filled(word: string, environment: Readonly<Record<string, string>>): string {
  return word.replace(/\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?/g, (_, name: string) => environment[name] ?? '');
}
