/** The only source of "now" for commands and sweeps; tests hand in their own. */
export type Clock = () => Date;

/** What a command needs from outside besides its actor and input. */
export type World = { readonly now: Clock };

export const theWorld: World = { now: () => new Date() };

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export function addSeconds(instant: Date, seconds: number): Date {
  return new Date(instant.getTime() + seconds * SECOND);
}

/** Whole seconds from `from` to `to`, floored; negative when `to` is earlier. */
export function secondsBetween(from: Date, to: Date): number {
  return Math.floor((to.getTime() - from.getTime()) / SECOND);
}

export function earliest(...instants: readonly (Date | null | undefined)[]): Date | undefined {
  let found: Date | undefined;
  for (const instant of instants) {
    if (instant && (found === undefined || instant < found)) found = instant;
  }
  return found;
}

export function isBefore(a: Date, b: Date): boolean {
  return a.getTime() < b.getTime();
}

/** "2026-11-24 14:00 UTC": an instant inside a sentence that is the same for everybody who reads it. */
export function utcWords(instant: Date): string {
  return `${instant.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
