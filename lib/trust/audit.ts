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
      const was = before.has(name) ? words(before.get(name)) : null;
      return { label: labelOf(name), before: was === words(value) ? null : was, value: words(value) };
    });
}

/** "priceMicrosPerGpuHour" as people read it: "price micros per gpu hour". */
function labelOf(name: string): string {
  return name.replace(/([A-Z])/g, ' $1').toLowerCase();
}

function words(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return value.map(words).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A fact in one piece of text: for a file, or for a search. */
export function factText({ label, before, value }: AuditFact): string {
  return before === null ? `${label}: ${value}` : `${label}: ${before} → ${value}`;
}
