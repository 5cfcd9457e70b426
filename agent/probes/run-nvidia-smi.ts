import { spawn } from 'node:child_process';
import { ProbeFailure } from './failure.ts';

const LONGEST_OUTPUT = 8 * 1024 * 1024;

/** Programs that did not end although they were killed: a driver can hang so that nothing ends its callers. */
const stuck = new Set<string>();

/**
 * What `nvidia-smi -q -x` printed. Throws {@link ProbeFailure} when the program is missing, fails, prints without end, or
 * does not answer within `timeoutMs`, even where it cannot be killed.
 */
export function runNvidiaSmi(command = 'nvidia-smi', timeoutMs = 15_000): Promise<string> {
  return new Promise((resolve, reject) => watch(command, timeoutMs, resolve, reject));
}

function watch(
  command: string,
  timeoutMs: number,
  resolve: (text: string) => void,
  reject: (failure: ProbeFailure) => void,
): void {
  const hangs = new ProbeFailure(
    `nvidia-smi did not answer within ${Math.round(timeoutMs / 1000)} s: the driver may hang. Look at "dmesg | grep -i nvrm"; restarting the machine usually mends this.`,
  );
  if (stuck.has(command)) {
    reject(hangs);
    return;
  }
  const child = spawn(command, ['-q', '-x'], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const output: Buffer[] = [];
  let size = 0;
  let complaint = '';
  const end = () => {
    clearTimeout(timer);
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const kill = () => {
    try {
      // The whole group: a wrapper script must not leave the program behind it running.
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      child.kill('SIGKILL');
    }
  };
  const timer = setTimeout(() => {
    stuck.add(command);
    kill();
    end();
    child.unref();
    reject(hangs);
  }, timeoutMs);
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    output.push(chunk);
    if (size <= LONGEST_OUTPUT) return;
    kill();
    end();
    reject(new ProbeFailure('nvidia-smi printed without end. Reinstalling the NVIDIA driver usually mends this.'));
  });
  child.stderr.on('data', (chunk: Buffer) => {
    if (complaint.length < 500) complaint += chunk.toString('utf8');
  });
  child.once('error', (error: NodeJS.ErrnoException) => {
    end();
    reject(
      error.code === 'ENOENT'
        ? new ProbeFailure(
            'nvidia-smi was not found, so no NVIDIA GPU can be offered. Install the NVIDIA driver, then restart the agent.',
          )
        : new ProbeFailure(`nvidia-smi could not be started: ${error.message}.`),
    );
  });
  child.once('exit', () => stuck.delete(command));
  child.once('close', (code) => {
    end();
    const text = Buffer.concat(output).toString('utf8');
    if (code === 0) return resolve(text);
    const said = firstLine(complaint) || firstLine(text);
    reject(
      new ProbeFailure(
        `nvidia-smi failed${said === '' ? '' : `: "${said}"`}. The driver is probably not loaded; reinstall it or restart the machine.`,
      ),
    );
  });
}

function firstLine(text: string): string {
  const line = text.split('\n').find((candidate) => candidate.trim() !== '');
  return (line ?? '')
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 300);
}
