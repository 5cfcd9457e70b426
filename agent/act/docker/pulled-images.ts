import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ImageReference } from './reference.ts';

const MOST = 2_000;

/**
 * Which images came to this machine for rentals. An image that is here for another reason may be the host's own and private: a renter
 * who guesses its name must not get it, nor what another lease left behind, nor anything by its id.
 */
export function pulledImages(path: string) {
  const nameOf = ({ name, tag }: ImageReference) => `${name}:${tag}`;

  function read(): string[] {
    try {
      const names: unknown = JSON.parse(readFileSync(path, 'utf8'));
      return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
    } catch {
      return [];
    }
  }

  return {
    has: (reference: ImageReference) => read().includes(nameOf(reference)),
    add(reference: ImageReference): void {
      const names = [...new Set([...read(), nameOf(reference)])].slice(-MOST);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(`${path}.arriving`, JSON.stringify(names), { mode: 0o600 });
      renameSync(`${path}.arriving`, path);
    },
  };
}

export type PulledImages = ReturnType<typeof pulledImages>;
