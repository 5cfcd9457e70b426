import type { Statement } from './statement.ts';

/** Records from their exact text, with nothing but the language: what a verifier reads with must be as small as itself. */

/** An object with these fields, of which some are texts; null for anything else. */
export function textFields<T>(payload: string, texts: readonly string[], fields: readonly string[]): T | null {
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const read = value as Readonly<Record<string, unknown>>;
  const whole =
    fields.every((name) => Object.hasOwn(read, name)) && texts.every((name) => typeof read[name] === 'string');
  return whole ? (value as T) : null;
}

/** RFC 3339 in UTC, as `words.ts` allows it. */
function isInstant(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/.test(text) && !Number.isNaN(Date.parse(text));
}

const COUNTS = ['sequence', 'monotonicSeconds', 'gpuSeconds'] as const;
const TEXTS = ['leaseId', 'machineId', 'previous', 'startsAt', 'endsAt', 'state', 'diskByteSeconds'] as const;

/** A statement from its signed text, as the schema in statement.ts describes it; null for anything else. */
export function readStatement(payload: string): Statement | null {
  const read = textFields<Statement>(payload, TEXTS, ['v', ...TEXTS, ...COUNTS, 'gpuUuids']);
  if (read === null || read.v !== 1) return null;
  const good =
    COUNTS.every((name) => Number.isSafeInteger(read[name]) && read[name] >= 0) &&
    isInstant(read.startsAt) &&
    isInstant(read.endsAt) &&
    (read.state === 'running' || read.state === 'stopped') &&
    /^\d{1,30}$/.test(read.diskByteSeconds) &&
    Array.isArray(read.gpuUuids) &&
    read.gpuUuids.every((uuid) => typeof uuid === 'string');
  return good ? read : null;
}
