import { stripVTControlCharacters } from 'node:util';

export type Log = {
  info(message: string, data?: Record<string, unknown>): void;
  warn(message: string, data?: Record<string, unknown>): void;
  error(message: string, data?: Record<string, unknown>): void;
};

export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** One line an event, as JSON or in words for a person. Text from outside cannot move the cursor or end the line. */
export function logTo(stream: { write(text: string): unknown }, style: 'json' | 'words'): Log {
  const write =
    (level: string) =>
    (message: string, data: Record<string, unknown> = {}) => {
      const at = new Date().toISOString();
      if (style === 'json') {
        stream.write(`${JSON.stringify({ at, level, message, ...data })}\n`);
        return;
      }
      const rest = Object.entries(data).map(
        ([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      );
      const mark = level === 'info' ? '' : `${level}: `;
      stream.write(`${at.slice(11, 19)} ${plain(mark + message + rest.join(''))}\n`);
    };
  return { info: write('info'), warn: write('warn'), error: write('error') };
}

function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}+/gu, ' ');
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
