/**
 * Reads a command as it is typed into a shell, into its words: spaces part them, quotes and a backslash keep characters as
 * they are. Nothing is expanded, because no shell runs: `$HOME`, `*` and `|` are plain text. Empty text is no command.
 */
export function readCommand(text: string): { command: readonly string[] | null } | { problem: string } {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === "'" || char === '"') {
      const quoted = untilQuote(text, at);
      if (quoted === null) return { problem: `The ${char} at character ${at + 1} is never closed.` };
      word = (word ?? '') + quoted.text;
      at = quoted.end;
    } else if (char === '\\') {
      if (at + 1 === text.length) return { problem: 'The backslash at the end stands before nothing.' };
      at += 1;
      word = (word ?? '') + text.charAt(at);
    } else {
      word = (word ?? '') + char;
    }
  }
  if (word !== undefined) words.push(word);
  return { command: words.length === 0 ? null : words };
}

/** What stands between the quote at `start` and its partner; in double quotes a backslash keeps a quote or a backslash (POSIX.1 XCU §2.2.3). */
function untilQuote(text: string, start: number): { text: string; end: number } | null {
  const quote = text.charAt(start);
  let found = '';
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === quote) return { text: found, end: at };
    if (quote === '"' && char === '\\' && (text.charAt(at + 1) === '"' || text.charAt(at + 1) === '\\')) at += 1;
    found += text.charAt(at);
  }
  return null;
}

/** A command as one line that {@link readCommand} reads back. */
export function commandLine(command: readonly string[]): string {
  return command
    .map((word) => (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}
