import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HOME } from '../home.mjs';
import { killGroup, UNTIL_WE_DIE } from '../run.mjs';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** A program that ran this long was healthy: its next restart is quick again. */
const HEALTHY_MS = 30_000;
/** How a program is told to end, and how long it may take. */
const USUAL_END = { signal: 'SIGTERM', graceMs: 8_000 };
const LARGEST_LOG_BYTES = 10_000_000;

/**
 * Keeps programs running: each in a process group of its own, its output in `logs/NAME.log`, restarted with growing pauses when it ends by itself.
 * `onEnd({ name, why, failures, pauseMs })` hears of every unexpected end. `show(name, line, isError)` hears every line.
 */
export class Supervisor {
  #programs = new Map();
  #stopping = false;

  constructor({ logFolder, show, onEnd }) {
    this.logFolder = logFolder;
    this.show = show;
    this.onEnd = onEnd;
  }

  async start({ name, command, env, endBy = USUAL_END }) {
    if (this.#stopping) return;
    await mkdir(this.logFolder, { recursive: true, mode: 0o700 });
    const program = {
      name,
      command,
      env,
      endBy,
      failures: 0,
      log: await openLog(join(this.logFolder, `${name}.log`)),
    };
    this.#programs.set(name, program);
    this.#run(program);
  }

  #run(program) {
    const [file, ...args] = [...UNTIL_WE_DIE, ...program.command];
    const began = Date.now();
    const child = spawn(file, args, { cwd: HOME, env: program.env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    program.child = child;
    this.#read(program, child.stdout, false);
    this.#read(program, child.stderr, true);
    program.ended = new Promise((resolve) => {
      let told = false;
      const end = (why) => {
        if (told) return;
        told = true;
        killGroup(child, 'SIGKILL');
        resolve();
        if (!this.#stopping) this.#again(program, Date.now() - began, why);
      };
      child.once('error', (error) => end(error.message));
      child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
    });
  }

  #again(program, ranMs, why) {
    program.failures = ranMs >= HEALTHY_MS ? 1 : program.failures + 1;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (program.failures - 1), LONGEST_PAUSE_MS);
    this.onEnd({ name: program.name, why, failures: program.failures, pauseMs });
    program.timer = setTimeout(() => {
      if (!this.#stopping) this.#run(program);
    }, pauseMs);
  }

  #read(program, stream, isError) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text) => {
      program.log.write(text);
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(-10_000);
      for (const line of lines) {
        if (line.trim() === '') continue;
        this.show(program.name, line, isError);
      }
    });
  }

  /** Ends the programs in the given order of names, those of one step together; the rest last. Resolves when no process of theirs is left. */
  async stop(steps) {
    this.#stopping = true;
    const named = new Set(steps.flat());
    const others = [...this.#programs.keys()].filter((name) => !named.has(name));
    for (const step of [...steps, others]) {
      await Promise.all(
        step
          .map((name) => this.#programs.get(name))
          .filter(Boolean)
          .map(endProgram),
      );
    }
  }
}

async function endProgram(program) {
  clearTimeout(program.timer);
  killGroup(program.child, program.endBy.signal);
  const slow = setTimeout(() => killGroup(program.child, 'SIGKILL'), program.endBy.graceMs);
  await program.ended;
  clearTimeout(slow);
  program.log.end();
}

async function openLog(path) {
  const size = await stat(path).then(
    (file) => file.size,
    () => 0,
  );
  if (size > LARGEST_LOG_BYTES) await rename(path, `${path}.1`);
  const log = createWriteStream(path, { flags: 'a', mode: 0o600 });
  log.on('error', () => {});
  return log;
}
