import { secondsBetween } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';
import type { SelfTest } from '#protocol/specification.ts';
import { machineHealth } from './machine.ts';

/** How a check came out: `look` passed, and yet deserves a look. */
export const CHECK_OUTCOMES = ['passed', 'look', 'failed'] as const;
export type CheckOutcome = (typeof CHECK_OUTCOMES)[number];

export function checkOutcome(check: SelfTest['checks'][number]): CheckOutcome {
  if (!check.passed) return 'failed';
  return check.warning === true ? 'look' : 'passed';
}

/** A host asks for the self-test at most this often. */
export const TEST_AGAIN_SECONDS = 60;
/** After so long without an answer to an asking, it can be asked for again: the agent may be older than the asking. */
export const TEST_ANSWER_SECONDS = 300;

export type SelfTestFacts = {
  readonly retiredAt: Date | null;
  readonly lastSyncAt: Date | null;
  readonly selfTestAsked: number;
  readonly selfTestAnswered: number;
  readonly selfTestAskedAt: Date | null;
};

/** Whether the host asked for the self-test and waits for it. */
export function isTestAwaited(facts: SelfTestFacts, now: Date): boolean {
  const { selfTestAsked, selfTestAnswered, selfTestAskedAt } = facts;
  if (selfTestAsked <= selfTestAnswered || selfTestAskedAt === null) return false;
  return secondsBetween(selfTestAskedAt, now) < TEST_ANSWER_SECONDS;
}

/** Why the host cannot ask for the self-test now. */
export function whyNotTestAgain(facts: SelfTestFacts, now: Date): WhyNot | null {
  if (facts.retiredAt !== null) return { reason: 'notNow', sentence: 'This machine is retired.' };
  if (machineHealth(facts.lastSyncAt, now) === 'offline')
    return {
      reason: 'machineNotReady',
      sentence: 'The machine does not answer, so it cannot be asked to test itself.',
    };
  if (isTestAwaited(facts, now)) return { reason: 'notNow', sentence: 'It is testing itself already.' };
  const since = facts.selfTestAskedAt === null ? null : secondsBetween(facts.selfTestAskedAt, now);
  if (since !== null && since < TEST_AGAIN_SECONDS)
    return {
      reason: 'tooManyAttempts',
      sentence: `It was asked for less than a minute ago. Wait ${TEST_AGAIN_SECONDS - since} s and try again.`,
    };
  return null;
}

/** A folder or file of a machine, as a sentence names it. */
const PATH = /(^|[\s"'(])\/[^\s"'),;]+/g;
const withoutPaths = (text: string) => text.replace(PATH, '$1(a path)');

/** A self-test as strangers see it: how it went, but not where things are on its host's disk, nor how to mend them. */
export function selfTestForStrangers(test: SelfTest): SelfTest {
  return {
    at: test.at,
    passed: test.passed,
    checks: test.checks.map(({ name, passed, warning, detail, measured, wanted }) => ({
      name,
      passed,
      warning: warning === true,
      // A path may have blanks: of this row nothing else is worth telling.
      detail: name === 'own folder' ? `It can${passed ? '' : 'not'} be written.` : withoutPaths(detail),
      measured: measured == null ? null : withoutPaths(measured),
      wanted: wanted == null ? null : withoutPaths(wanted),
      fix: null,
    })),
  };
}
