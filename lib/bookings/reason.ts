import { Refusal } from '#lib/base/refusal.ts';

const LONGEST = 500;

/** A reason in somebody's words, without spaces around. Throws `badInput` when there is none or it is too long. */
export function reasonGiven(text: string): string {
  const reason = text.trim();
  if (reason === '') throw new Refusal('badInput', { reason: 'Give a reason: it is shown to the other side.' });
  if ([...reason].length > LONGEST)
    throw new Refusal('badInput', { reason: `A reason has at most ${LONGEST} characters.` });
  return reason;
}
