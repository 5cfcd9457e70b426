import { DAY } from '#lib/base/time.ts';
import { addressGroup } from './attempt.ts';

/** A browser session ends after this long, used or not; its cookie too. */
export const SESSION_DAYS = 30;
export const TOKEN_MAX_DAYS = 365;
export const LABEL_MAX = 100;
/** "Last seen" is written at most this often, so that reading a page rarely writes. */
export const SEEN_EVERY_SECONDS = 300;
/** What an API token begins with: people and secret scanners recognise it. */
export const TOKEN_PREFIX = 'sublet_';

export type SessionKind = 'browser' | 'api';

/** `halfway`: the password was right, the code is still to come. */
export type StoredKind = SessionKind | 'halfway';

export function sessionEnd(now: Date, days: number = SESSION_DAYS): Date {
  return new Date(now.getTime() + days * DAY);
}

/** True while a session may act: not revoked, not over. */
export function sessionLives(
  session: { readonly revokedAt: Date | null; readonly expiresAt: Date },
  now: Date,
): boolean {
  return session.revokedAt === null && now.getTime() < session.expiresAt.getTime();
}

/** What a person recognises a session by: "Firefox on Linux", or the first words of an unknown program. */
export function labelOf(userAgent: string | null): string {
  if (userAgent === null || userAgent.trim() === '') return 'Unknown program';
  const browser = /Edg\//.test(userAgent)
    ? 'Edge'
    : /OPR\//.test(userAgent)
      ? 'Opera'
      : /Firefox\//.test(userAgent)
        ? 'Firefox'
        : /Chrome\/|Chromium\//.test(userAgent)
          ? 'Chrome'
          : /Safari\//.test(userAgent)
            ? 'Safari'
            : undefined;
  const system = /Android/.test(userAgent)
    ? 'Android'
    : /iPhone|iPad/.test(userAgent)
      ? 'iOS'
      : /Windows/.test(userAgent)
        ? 'Windows'
        : /Mac OS X|Macintosh/.test(userAgent)
          ? 'macOS'
          : /Linux|X11/.test(userAgent)
            ? 'Linux'
            : undefined;
  if (browser !== undefined) return system === undefined ? browser : `${browser} on ${system}`;
  return cleanLabel(userAgent.split(' ')[0] ?? '') ?? 'Unknown program';
}

/** Where a session comes from, as coarse as a person needs it: the network of its address, never the whole of it. */
export function coarsePlace(address: string): string {
  const group = addressGroup(address);
  const four = /^(\d+\.\d+\.\d+)\.\d+$/.exec(group);
  if (four?.[1] !== undefined) return `${four[1]}.x`;
  return group.endsWith('::/64') ? `${group.split(':').slice(0, 3).join(':')}::/48` : 'unknown place';
}

/** A label on one line without control characters; undefined when nothing is left. */
export function cleanLabel(text: string): string | undefined {
  const label = text
    .replace(/[\p{Cc}\p{Cf}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return label === '' ? undefined : [...label].slice(0, LABEL_MAX).join('');
}
