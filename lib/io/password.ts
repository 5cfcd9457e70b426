import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(argon2) as (algorithm: 'argon2id', parameters: Argon2Parameters) => Promise<Buffer>;

// Above the minimum of the OWASP cheat sheet for Argon2id (19 MiB, 2 passes); about 70 ms of one core.
const MEMORY_KIB = 32_768;
const PASSES = 3;
const TAG_BYTES = 32;
const SALT_BYTES = 16;

const PHC = /^\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

/** What a password is stored as: Argon2id (RFC 9106) as a PHC string, salted, off the main thread. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const tag = await tagOf(password, salt, MEMORY_KIB, PASSES, 1, TAG_BYTES);
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=1$${unpadded(salt)}$${unpadded(tag)}`;
}

/**
 * True when the password is the one behind the hash; compared in constant time. Without a hash (no such account) it does the
 * same work and answers false, so that the time tells nothing.
 */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const match = PHC.exec(hash ?? '');
  if (match === null) {
    await tagOf(password, Buffer.alloc(SALT_BYTES), MEMORY_KIB, PASSES, 1, TAG_BYTES);
    return false;
  }
  const [, memory, passes, lanes, salt = '', tag = ''] = match;
  const wanted = Buffer.from(tag, 'base64');
  const made = await tagOf(
    password,
    Buffer.from(salt, 'base64'),
    Number(memory),
    Number(passes),
    Number(lanes),
    wanted.length,
  );
  return timingSafeEqual(made, wanted);
}

/** True when the hash was made with other costs than today's: hash again at the next sign-in. */
export function isOutdated(hash: string): boolean {
  return !hash.startsWith(`$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=1$`);
}

function tagOf(
  password: string,
  nonce: Buffer,
  memory: number,
  passes: number,
  parallelism: number,
  tagLength: number,
) {
  return derive('argon2id', { message: Buffer.from(password, 'utf8'), nonce, memory, passes, parallelism, tagLength });
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
