import type Docker from 'dockerode';
import type { Failure } from '../../../protocol/agent.ts';
import { WorkloadFailure } from '../runtime.ts';

type EngineError = Error & { statusCode?: number; code?: string; json?: { message?: string } };

export function isNotFound(error: unknown): boolean {
  return (error as EngineError)?.statusCode === 404;
}

/** "Already so": a container that runs, or does not, as was asked. */
export function isNotModified(error: unknown): boolean {
  return (error as EngineError)?.statusCode === 304;
}

export function isConflict(error: unknown): boolean {
  return (error as EngineError)?.statusCode === 409;
}

/** What the Docker Engine said, without the client's own prefix. */
export function engineMessage(error: unknown): string {
  const { json, message } = error as EngineError;
  return (json?.message ?? message ?? String(error)).replace(/^\(HTTP code \d+\) [^-]*- /, '').trim();
}

/** A sentence on why the Docker Engine cannot be used, or null when the error is of another kind. */
export function engineProblem(error: unknown): string | null {
  const code = (error as EngineError)?.code;
  if (code === 'ENOENT')
    return 'Docker Engine is not installed or not running. Install it (on Debian and Ubuntu: apt-get install docker.io) and start it.';
  if (code === 'ECONNREFUSED')
    return 'Docker Engine is installed but does not answer. Start it (systemctl start docker).';
  if (code === 'EACCES' || code === 'EPERM') {
    return 'This user may not use Docker Engine. Run the agent as root, or add the user to the group "docker" and sign in again.';
  }
  return null;
}

/** Any error of the Docker Engine as the failure of a workload; `otherwise` is the code when the message fits nothing special. */
export function asFailure(error: unknown, otherwise: Failure, sentence: string): WorkloadFailure {
  if (error instanceof WorkloadFailure) return error;
  const problem = engineProblem(error);
  if (problem !== null) return new WorkloadFailure('noContainerRuntime', problem, error);
  const message = engineMessage(error);
  const said = `${sentence} Docker says: ${message.slice(0, 600)}`;
  // A user and a directory that are named by the image: what is in the names says nothing of the machine.
  if (/unable to find (?:user|group) |Cannot mkdir: .* is not a directory/i.test(message)) {
    return new WorkloadFailure('unrunnable', `This image cannot be run as it is configured. ${said}`, error);
  }
  const unquoted = message.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  if (isDiskFull(unquoted)) return diskFull(said, error);
  if (/could not select device driver|nvidia-container|unknown device|unresolvable CDI/i.test(unquoted)) {
    return new WorkloadFailure('gpuMissing', `Docker could not hand over the GPUs of this lease. ${said}`, error);
  }
  if (/executable file not found|no such file or directory: unknown|exec format error/i.test(message)) {
    // A file that is missing may be one of the machine's own; a program is named as such.
    const program = /executable file not found|exec format error|exec: "/i.test(message);
    return new WorkloadFailure(
      program ? 'unrunnable' : otherwise,
      `The command of this booking cannot be run in this image. ${said}`,
      error,
    );
  }
  return new WorkloadFailure(otherwise, said, error);
}

/** Whether the system itself says last of all that a disk is full; amid a message it may be a name. */
function isDiskFull(message: string): boolean {
  return /no space left on device(?:: unknown)?\.?$/i.test(message);
}

function diskFull(said: string, error: unknown): WorkloadFailure {
  return new WorkloadFailure('diskFull', `The disk of this machine is full. ${said}`, error);
}

/** Where the Docker Engine itself failed to store what it was sent: what a registry answers begins with a word for that. */
const STORING =
  /^(?:failed to (?:register|extract|prepare|copy: failed to (?:send|write))\b|error (?:processing|creating)\b|(?:write|open|mkdir|rename|sync|link|symlink) \/)/i;

/** An error of a pull, of which a registry may have written a part: only of the disk of the machine does it say anything for certain. */
export function asPullFailure(error: unknown, sentence: string): WorkloadFailure {
  if (error instanceof WorkloadFailure) return error;
  const problem = engineProblem(error);
  if (problem !== null) return new WorkloadFailure('noContainerRuntime', problem, error);
  const message = engineMessage(error);
  const said = `${sentence} Docker says: ${message.slice(0, 600)}`;
  return STORING.test(message) && isDiskFull(message)
    ? diskFull(said, error)
    : new WorkloadFailure('pullFailed', said, error);
}

/** Lets what is already gone be gone. */
export async function unlessGone<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** The container of that name, or null. */
export function inspect(docker: Docker, name: string): Promise<Docker.ContainerInspectInfo | null> {
  return unlessGone(docker.getContainer(name).inspect());
}

/** Architecture names as images give them (Go's) for what the kernel calls the machine. */
export function architectureOf(kernelName: string): string {
  return { x86_64: 'amd64', aarch64: 'arm64' }[kernelName] ?? kernelName;
}
