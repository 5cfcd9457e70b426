import type Docker from 'dockerode';
import type { Warning } from '../runtime.ts';
import { TOOLS_MOUNT } from '../shell/tools.ts';
import { isConflict, unlessGone } from './engine.ts';

/** Writes a line to every terminal of the container. The text is an argument, never a part of the script. */
const TELL =
  'for terminal in /dev/pts/[0-9]*; do printf "\\r\\n%s\\r\\n" "$1" > "$terminal"; done 2> /dev/null; exit 0';

/** The command that writes a sentence to every open shell. */
export function tellCommand(sentence: string): string[] {
  return [`${TOOLS_MOUNT}/bin/busybox`, 'sh', '-c', TELL, 'sh', sentence];
}

/** Tells the open shells of a container, and sends its program SIGTERM when it is one of the renter's. Not running is fine. */
export async function warnContainer(docker: Docker, name: string, { sentence, signal }: Warning): Promise<void> {
  const container = docker.getContainer(name);
  const running = async (work: Promise<unknown>) => {
    await unlessGone(work).catch((error) => {
      if (!isConflict(error)) throw error;
    });
  };
  await running(
    container
      .exec({ Cmd: tellCommand(sentence), User: '0:0', WorkingDir: '/', AttachStdout: false, AttachStderr: false })
      .then((made) => made.start({ Detach: true })),
  );
  if (signal) await running(container.kill({ signal: 'SIGTERM' }));
}
