import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** The agent as its own process, as a service runs it. It does not outlive the test. */
export function agentProcess(words: string[], environment: Record<string, string> = {}) {
  const { child, ...running } = startProcess(words, environment);
  onTestFinished(() => void child.kill('SIGKILL'));
  return running;
}

function startProcess(words: string[], environment: Record<string, string>) {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(ROOT, 'agent/main.ts'), ...words],
    { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  let printed = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    child,
    /** What it logged. */
    said: () => said,
    printed: () => printed,
    ended,
    async end(signal: NodeJS.Signals) {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs it to its end. */
export async function runAgent(words: string[], environment: Record<string, string> = {}) {
  const running = startProcess(words, environment);
  const code = await running.ended;
  return { code, said: running.said(), printed: running.printed() };
}
