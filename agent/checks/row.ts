import type { SelfTest } from '../../protocol/specification.ts';

/** A row of the self-test, in the form of the protocol. */
export type SelfTestCheck = SelfTest['checks'][number];

const LONGEST = 2_000;

/** What a row says beside its name: a sentence, and where something was measured the figure and what it should be. */
export type Found = { detail: string; measured?: string | null; wanted?: string | null };

const row = (name: string, found: Found, rest: Pick<SelfTestCheck, 'passed' | 'warning' | 'fix'>): SelfTestCheck => ({
  name,
  detail: found.detail.slice(0, LONGEST),
  measured: found.measured ?? null,
  wanted: found.wanted ?? null,
  ...rest,
});

/** All is well. */
export function passed(name: string, found: Found): SelfTestCheck {
  return row(name, found, { passed: true, warning: false, fix: null });
}

/** Rentals run, but worse than they could: it does not fail the test. */
export function warned(name: string, found: Found, fix: string): SelfTestCheck {
  return row(name, found, { passed: true, warning: true, fix });
}

/** Rentals would not run. `fix` says what to do about it. */
export function failed(name: string, found: Found, fix: string): SelfTestCheck {
  return row(name, found, { passed: false, warning: false, fix });
}
