import { env } from '#lib/io/env.ts';

/** Whether this market is a demonstration: known accounts, play money, mail on a page. */
export function isDemo(): boolean {
  return env().demo;
}

/** Whether mail goes nowhere but onto the mail page: a demo market without a mail server. */
export function mailStaysHere(): boolean {
  return env().demo && env().smtpUrl === undefined;
}
