import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { HOME, nodeForRun } from '../home.mjs';
import { UNTIL_WE_DIE } from '../run.mjs';

/** A program of a locked package, by the path of its script: no folder of the PATH decides which one runs. */
export function bin(path) {
  return join(HOME, 'node_modules', path);
}

/** Runs one step with its output shown; resolves to whether it succeeded. Input is closed. */
export function step(name, command, env) {
  process.stdout.write(`\n${styleText('bold', `── ${name}`)}\n`);
  const began = performance.now();
  return new Promise((resolve) => {
    const [file, ...args] = [...UNTIL_WE_DIE, nodeForRun(), '--disable-warning=ExperimentalWarning', ...command];
    const path = `${join(HOME, 'node_modules', '.bin')}:${env.PATH}`;
    const child = spawn(file, args, {
      cwd: HOME,
      env: { ...env, PATH: path },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const end = (ok, how) => {
      const seconds = ((performance.now() - began) / 1_000).toFixed(1);
      process.stdout.write(
        `${ok ? styleText('green', 'ok') : styleText('red', `failed (${how})`)} after ${seconds} s\n`,
      );
      resolve(ok);
    };
    child.once('error', (error) => end(false, error.message));
    child.once('exit', (code, signal) => end(code === 0, signal ?? `exit code ${code}`));
  });
}
