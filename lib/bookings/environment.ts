export const ENVIRONMENT_MAX_NAMES = 100;
/** Of all names and values together, as JSON. */
export const ENVIRONMENT_MAX_BYTES = 64 * 1024;

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What is wrong with environment variables, as a sentence, or null. */
export function environmentProblem(environment: Readonly<Record<string, string>>): string | null {
  const names = Object.keys(environment);
  if (names.length > ENVIRONMENT_MAX_NAMES) return `At most ${ENVIRONMENT_MAX_NAMES} environment variables.`;
  const wrong = names.find((name) => !NAME.test(name) || name.length > 200);
  if (wrong !== undefined)
    return `"${wrong.slice(0, 40)}" is no name for an environment variable: letters, digits and underscores, not a digit first.`;
  const cut = names.find((name) => environment[name]?.includes('\0'));
  if (cut !== undefined) return `The value of ${cut} has a null character.`;
  return bytesOf(environment) > ENVIRONMENT_MAX_BYTES
    ? `Environment variables have at most ${ENVIRONMENT_MAX_BYTES / 1024} KiB together. Put large files on the disk instead.`
    : null;
}

function bytesOf(environment: Readonly<Record<string, string>>): number {
  return new TextEncoder().encode(JSON.stringify(environment)).length;
}

/** Reads lines of `NAME=value`, as in an .env file without quotes: empty lines and lines that begin with # are left out. */
export function parseEnvironment(text: string): { environment: Record<string, string> } | { problem: string } {
  const environment: Record<string, string> = {};
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const equals = line.indexOf('=');
    const name = line.slice(0, equals).trim();
    if (equals === -1) return { problem: `Line ${index + 1} is not of the form NAME=value.` };
    if (Object.hasOwn(environment, name)) return { problem: `Line ${index + 1} names ${name.slice(0, 40)} again.` };
    // "__proto__" is a name like any other here.
    Object.defineProperty(environment, name, {
      value: line.slice(equals + 1),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return { environment };
}
