import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type Docker from 'dockerode';
import * as z from 'zod/mini';
import type { ContainerRuntime } from '../act/runtime.ts';
import { writePrivateFile } from '../io/files.ts';

const names = z.array(z.string());
const pathOf = (dir: string) => join(dir, 'pulled-images.json');

/** Images that this agent brought to the machine, so that uninstalling can take them away again and no others. */
export function pulledImages(dir: string): string[] {
  try {
    return names.parse(JSON.parse(readFileSync(pathOf(dir), 'utf8')));
  } catch {
    return [];
  }
}

/** The same runtime, which notes each image that was not there before its pull. */
export function notePulls(runtime: ContainerRuntime, docker: Docker, dir: string): ContainerRuntime {
  return {
    ...runtime,
    async pull(spec, onProgress, signal) {
      const present = await isPresent(docker, spec.image);
      await runtime.pull(spec, onProgress, signal);
      const noted = pulledImages(dir);
      if (present || noted.includes(spec.image) || !existsSync(dir)) return;
      writePrivateFile(pathOf(dir), `${JSON.stringify([...noted, spec.image])}\n`);
    },
  };
}

async function isPresent(docker: Docker, image: string): Promise<boolean> {
  try {
    await docker.getImage(image).inspect();
    return true;
  } catch {
    return false;
  }
}
