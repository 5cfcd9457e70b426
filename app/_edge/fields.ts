import { Refusal } from '#lib/base/refusal.ts';

/**
 * Awaits a command and puts what it says of its inputs at the fields of the form that asked: a form speaks of hours where a
 * command speaks of seconds. What is not `badInput` passes as it is.
 */
export async function atFields<T>(names: Readonly<Record<string, string>>, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== 'badInput') throw error;
    const detail = Object.entries(error.detail).map(([name, said]) => [names[name] ?? name, said]);
    throw new Refusal('badInput', Object.fromEntries(detail), error.sentence);
  }
}
