import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

const PIECE_BYTES = 4 * 1024 * 1024;
const LONGEST_MS = 2_000;

/**
 * How fast the disk below `folder` takes bytes so that they survive a power cut, in bytes per second. Writes at most
 * `mostBytes` for at most two seconds and leaves nothing. Null where it cannot be measured.
 */
export async function measureDiskWrite(folder: string, mostBytes = 64 * 1024 * 1024): Promise<number | null> {
  const path = join(folder, `.write-speed-${process.pid}`);
  // Zeros would be squeezed to nothing by a file system that compresses.
  const piece = Buffer.alloc(PIECE_BYTES);
  for (let word = 0, state = 2_463_534_242; word < PIECE_BYTES; word += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    piece.writeUInt32LE(state, word);
  }
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      const begin = performance.now();
      let written = 0;
      while (written < mostBytes && performance.now() - begin < LONGEST_MS) {
        written += (await file.write(piece)).bytesWritten;
      }
      await file.sync();
      return Math.round((written * 1_000) / Math.max(1, performance.now() - begin));
    } finally {
      await file.close();
    }
  } catch {
    return null;
  } finally {
    await rm(path, { force: true }).catch(() => undefined);
  }
}
