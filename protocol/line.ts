import type { Duplex } from 'node:stream';
import { LINE_MAX_BYTES } from './tunnel.ts';

const NEWLINE = 10;

/**
 * Waits for the first line of a connection and gives it without its newline. What came after it is put back, and the
 * connection is left paused, so that its next reader misses no byte. Rejects when it ends, fails, takes longer than
 * `timeoutMs`, or the line is too long; the connection is then for the caller to cut.
 */
export function firstLine(connection: Duplex, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let held: Buffer = Buffer.alloc(0);
    const settle = () => {
      clearTimeout(timer);
      connection.off('data', onData).off('end', onGone).off('close', onGone);
      connection.pause();
    };
    const fail = (why: string) => {
      settle();
      reject(new Error(why));
    };
    const onData = (chunk: Buffer) => {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const end = held.indexOf(NEWLINE);
      if (end === -1 ? held.length > LINE_MAX_BYTES : end > LINE_MAX_BYTES) return fail('line too long');
      if (end === -1) return;
      settle();
      if (end + 1 < held.length) connection.unshift(held.subarray(end + 1));
      resolve(held.toString('utf8', 0, end));
    };
    const onGone = () => fail('connection ended before its first line');
    const timer = setTimeout(() => fail('no line in time'), timeoutMs);
    connection.on('data', onData).on('end', onGone).on('close', onGone);
  });
}

/** Calls back with each further line until the connection ends. A line that is too long destroys the connection. */
export function eachLine(connection: Duplex, onLine: (line: string) => void): void {
  let held: Buffer = Buffer.alloc(0);
  connection.on('data', (chunk: Buffer) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    for (let end = held.indexOf(NEWLINE); end !== -1; end = held.indexOf(NEWLINE)) {
      const line = held.toString('utf8', 0, end);
      held = held.subarray(end + 1);
      onLine(line);
      if (connection.destroyed) return;
    }
    if (held.length > LINE_MAX_BYTES) connection.destroy(new Error('line too long'));
  });
}

/** The JSON of a line, or undefined when it is none: what strangers send never throws. */
export function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
