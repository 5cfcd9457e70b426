const STEPS = [
  [60, 'second', 1],
  [3_600, 'minute', 60],
  [86_400, 'hour', 3_600],
  [2_592_000, 'day', 86_400],
  [31_536_000, 'month', 2_592_000],
  [Number.POSITIVE_INFINITY, 'year', 31_536_000],
] as const;

const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });

/** "3 min ago", "in 2 hr.": the distance of an instant from now, in the largest unit that fits. */
export function relativeTo(now: Date, at: Date): string {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1_000);
  if (Math.abs(seconds) < 5) return 'just now';
  const [, unit, size] = STEPS.find(([below]) => Math.abs(seconds) < below) ?? STEPS[5];
  return RELATIVE.format(Math.trunc(seconds / size), unit);
}

/** "54 s", "12 min", "3 h 05 min", "2 d 4 h": a length of time in at most two units. Negative counts as none. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min`;
  const hours = Math.floor(whole / 3_600);
  if (hours < 48) return `${hours} h ${String(Math.floor((whole % 3_600) / 60)).padStart(2, '0')} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** "23 Nov 2026, 12:05:04 UTC": an instant to the second, in the given zone or the viewer's own. */
export function exactly(at: Date, timeZone?: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'long',
    ...(timeZone && { timeZone }),
  }).format(at);
}
