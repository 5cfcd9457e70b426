/** How somebody wants to be shown things; null: as their browser has it. */
export type Preferences = {
  /** An IANA time zone. */
  readonly timeZone: string | null;
  /** A BCP 47 tag that says how dates are written. */
  readonly locale: string | null;
  /** Null: never chosen, so that each browser has its own. */
  readonly theme: Theme | null;
  /** Keys of the keyboard do nothing but type and move (WCAG 2.1.4). */
  readonly shortcutsOff: boolean;
  /** Below how much in the wallet they are told, in micro-dollars. */
  readonly lowBalanceMicros: bigint | null;
};

export const THEMES = ['light', 'dark', 'system'] as const;
export type Theme = (typeof THEMES)[number];

/** The theme that is stored: the database takes no other words. */
export function readTheme(stored: string | null): Theme | null {
  return THEMES.find((theme) => theme === stored) ?? null;
}

/** Ways to write a date, by where it is written so; the words of the pages stay English. */
export const LOCALES = {
  'en-GB': '23 Nov 2026, 14:05',
  'en-US': 'Nov 23, 2026, 2:05 PM',
  'sv-SE': '2026-11-23 14:05',
  'de-DE': '23.11.2026, 14:05',
  'fr-FR': '23 nov. 2026, 14:05',
  'es-ES': '23 nov 2026, 14:05',
  'it-IT': '23 nov 2026, 14:05',
  'nl-NL': '23 nov 2026, 14:05',
  'pl-PL': '23 lis 2026, 14:05',
  'ja-JP': '2026/11/23 14:05',
} as const;

export function isLocale(text: string): boolean {
  return Object.hasOwn(LOCALES, text);
}

/** All time zones that can be chosen, UTC first. */
export function timeZones(): readonly string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
}

export function isTimeZone(text: string): boolean {
  return timeZones().includes(text);
}

/** A zone as a browser names its own, which may be an older name of one: under the name that this system has for it, if it knows it. */
export function readBrowserZone(text: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** The zone of what is written away from anybody's browser: what they chose, else that of the browser in which they signed in last; null: UTC. */
export function zoneOfMails(user: {
  readonly timeZone: string | null;
  readonly browserZone: string | null;
}): string | null {
  return user.timeZone ?? user.browserZone;
}
