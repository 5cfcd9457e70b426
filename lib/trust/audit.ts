import { factLabel, factValue } from './fact-words.ts';

/** What may never stand in an audit log, whoever wrote it down: names of such things in the data of an event. */
const SECRET = /password|secret|token|sealed|environment|privateKey|recovery/i;

/** A thing that an event says: before and after where it changed something, else what it is. */
export type AuditFact = { readonly label: string; readonly before: string | null; readonly value: string };

const PREVIOUS = /^previous([A-Z])/;

/**
 * The facts of an event as they are read: `previousPrice` beside `price` is one line, from before to after. What did not
 * change is said once; what sounds like a secret is left out.
 */
export function factsOf(data: unknown): AuditFact[] {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return [];
  const entries = Object.entries(data).filter(([name]) => !SECRET.test(name));
  const before = new Map(
    entries
      .filter(([name]) => PREVIOUS.test(name))
      .map(([name, value]) => [name.replace(PREVIOUS, (_, letter: string) => letter.toLowerCase()), value]),
  );
  return entries
    .filter(([name]) => !PREVIOUS.test(name))
    .map(([name, value]) => {
      const said = factValue(name, value);
      const was = before.has(name) ? factValue(name, before.get(name)) : null;
      return { label: factLabel(name), before: was === said ? null : was, value: said };
    });
}

/** A fact in one piece of text: for a file, or for a search. */
export function factText({ label, before, value }: AuditFact): string {
  return before === null ? `${label}: ${value}` : `${label}: ${before} → ${value}`;
}
