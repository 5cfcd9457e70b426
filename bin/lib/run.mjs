import { spawn, spawnSync } from 'node:child_process';

/** What makes a child end when this program is killed without a chance to end it. Empty where the machine has no setpriv. */
export const UNTIL_WE_DIE =
  spawnSync('setpriv', ['--pdeathsig', 'TERM', 'true']).status === 0 ? ['setpriv', '--pdeathsig', 'TERM', '--'] : [];

const running = new Set();

/**
 * Runs a program to its end in a process group of its own, without input. Resolves to `{ code, signal, output }`, the last 20,000 characters of what it
 * printed; rejects only when it cannot be started.
 */
export function run(command, { cwd, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const [file, ...args] = [...UNTIL_WE_DIE, ...command];
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    running.add(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output = (output + text).slice(-20_000);
      });
    }
    child.once('error', (error) => {
      running.delete(child);
      reject(error);
    });
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal, output });
    });
  });
}

/** Ends at once whatever {@link run} still runs. */
export function endRunning() {
  for (const child of running) killGroup(child, 'SIGKILL');
}

/** Signals a detached child and all that it started; one that is gone is no error. */
export function killGroup(child, signal) {
  if (child?.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** The last lines of an output, for a message. */
export function lastLines(output, count) {
  return output.trim().split('\n').slice(-count).join('\n');
}
