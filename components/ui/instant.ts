import { dateWords } from '#lib/base/date-words.ts';

const UNITS = [
  [60, 1, 's'],
  [3_600, 60, 'min'],
  [172_800, 3_600, 'h'],
  [5_184_000, 86_400, 'd'],
  [63_072_000, 2_592_000, 'months'],
  [Number.POSITIVE_INFINITY, 31_536_000, 'years'],
] as const;

/** What is nearer than this lies ahead to the minute: an hour and 59 minutes are not "in 1 h". */
const NEAR_SECONDS = 36_000;

/** "3 min ago", "in 1 h 59 min", "in 44 h": the distance of an instant from now, in the largest unit that says it. */
export function relativeTo(now: Date, at: Date): string {
  const seconds = (at.getTime() - now.getTime()) / 1_000;
  const distance = Math.abs(seconds);
  if (distance < 5) return 'just now';
  if (seconds > 0 && seconds < NEAR_SECONDS) return `in ${duration(seconds)}`;
  const [, size, unit] = UNITS.find(([below]) => distance < below) ?? UNITS[5];
  const words = `${Math.floor(distance / size)} ${unit}`;
  return seconds < 0 ? `${words} ago` : `in ${words}`;
}

/** "54 s", "12 min", "3 h 05 min", "2 d 4 h": a length of time in at most two units. Negative counts as none. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min`;
  const hours = Math.floor(whole / 3_600);
  const minutes = Math.floor((whole % 3_600) / 60);
  if (hours < 48) return minutes === 0 ? `${hours} h` : `${hours} h ${String(minutes).padStart(2, '0')} min`;
  const days = `${Math.floor(hours / 24)} d`;
  return hours % 24 === 0 ? days : `${days} ${hours % 24} h`;
}

const TO_THE_MINUTE = {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
} as const;

/**
 * "23 Nov 2026, 12:05:04 UTC": an instant to the second, in the given zone or the viewer's own; one that begins a minute, as
 * people choose them, without seconds.
 */
export function exactly(at: Date, timeZone?: string, locale = 'en-GB'): string {
  const minute = at.getTime() % 60_000 === 0;
  return dateWords(locale, {
    ...(minute ? TO_THE_MINUTE : { dateStyle: 'medium', timeStyle: 'long' }),
    ...(timeZone && { timeZone }),
  }).format(at);
}
