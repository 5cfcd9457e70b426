import { HOME, nodeForRun } from '../home.mjs';
import { lastLines, run } from '../run.mjs';

/** Runs a program of the repository under Node 24 to its end. Rejects with its last words when it fails. */
export async function runScript(command, env) {
  const { code, signal, output } = await run([nodeForRun(), '--disable-warning=ExperimentalWarning', ...command], {
    cwd: HOME,
    env,
  });
  if (code !== 0)
    throw new Error(`${command.join(' ')} failed (${signal ?? `exit code ${code}`}):\n${lastLines(output, 15)}`);
}
