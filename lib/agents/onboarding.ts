import type { Health } from '#lib/catalogue/machine.ts';
import type { CodeState } from './enrolment.ts';

/** From an account to a machine that earns, in the order in which a host goes through it. */
export const ONBOARDING_STEPS = [
  'account',
  'agent',
  'contact',
  'selfTest',
  'price',
  'calendar',
  'listed',
  'payout',
] as const;
export type OnboardingStepName = (typeof ONBOARDING_STEPS)[number];

/**
 * done · act: the host's turn · wait: somebody else's, it goes on by itself · failed: something is to be mended ·
 * optional: open, and nothing waits for it · later: others come first.
 */
export type OnboardingState = 'done' | 'act' | 'wait' | 'failed' | 'optional' | 'later';

export type OnboardingStep = {
  readonly name: OnboardingStepName;
  readonly state: OnboardingState;
  /** How it stands and what to do. */
  readonly sentence: string;
};

/** What is true now. Nothing of it is kept for the checklist's sake, so none of it can lie. */
export type OnboardingFacts = {
  readonly suspended: boolean;
  readonly emailConfirmed: boolean;
  /** The newest code that enrolled nothing yet. */
  readonly code: { readonly state: CodeState; readonly expiresAt: Date } | null;
  readonly machine: {
    readonly health: Health;
    readonly lastSyncAt: Date | null;
    readonly test: { readonly passed: boolean; readonly failed: number; readonly looks: number } | null;
    /** It was asked to test itself, and has not answered. */
    readonly testAwaited: boolean;
    readonly priced: boolean;
    readonly published: boolean;
    readonly calendarSet: boolean;
    /** Why it cannot be published, or why renters do not see it although it is; null when nothing is in the way. */
    readonly obstacle: string | null;
    readonly waitsForApproval: boolean;
  } | null;
  readonly payout: {
    /** Null: this market has no payment provider. */
    readonly provider: string | null;
    readonly state: 'none' | 'opening' | 'incomplete' | 'checking' | 'ready' | 'closed';
    readonly problem: string | null;
  };
};

type Said = readonly [OnboardingState, string];
const STEP: Record<OnboardingStepName, (facts: OnboardingFacts) => Said> = {
  account: ({ suspended, emailConfirmed }) => {
    if (suspended) return ['failed', 'This account is suspended. Contact the operators of this market.'];
    return emailConfirmed
      ? ['done', 'Your e-mail is confirmed. The same account rents and hosts.']
      : ['act', 'Confirm your e-mail: follow the link in the mail we sent you.'];
  },
  agent: ({ machine, code, emailConfirmed, suspended }) => {
    if (machine !== null) return ['done', 'The agent is installed, and the machine is enrolled.'];
    if (!emailConfirmed || suspended) return ['later', 'A line to paste on the machine.'];
    if (code?.state === 'waiting') return ['act', 'Paste the line on the machine before its code expires.'];
    if (code?.state === 'expired') return ['failed', 'The last code expired unused. Make a new one.'];
    return ['act', 'Make a code, and paste the line on the machine.'];
  },
  contact: ({ machine, code }) => {
    if (machine === null)
      return code?.state === 'waiting'
        ? ['wait', 'Waiting for your machine. It appears here by itself.']
        : ['later', 'The machine connects by itself.'];
    if (machine.lastSyncAt === null) return ['wait', 'Enrolled. Waiting for its agent to connect.'];
    return machine.health === 'offline'
      ? ['failed', 'The machine does not answer. Look whether it runs, has a network, and its agent is up.']
      : ['done', 'The machine answers.'];
  },
  selfTest: ({ machine }) => {
    if (machine === null || machine.lastSyncAt === null)
      return ['later', 'The agent tries everything that a rental needs.'];
    const { test, testAwaited, health } = machine;
    if (testAwaited) return ['wait', 'The machine is testing itself.'];
    if (test === null)
      return health === 'offline'
        ? ['later', 'It tests itself when it is back.']
        : ['wait', 'The machine is testing itself. That takes up to two minutes.'];
    if (!test.passed) return ['failed', `${checks(test.failed)} failed. Mend what each says, then run the test again.`];
    return [
      'done',
      test.looks === 0 ? 'All passed.' : `Passed; ${checks(test.looks)} deserve${test.looks === 1 ? 's' : ''} a look.`,
    ];
  },
  price: ({ machine }) => {
    if (machine === null) return ['later', 'What a GPU-hour costs.'];
    return machine.priced ? ['done', 'A price is set.'] : ['act', 'Say what a GPU-hour costs.'];
  },
  calendar: ({ machine }) => {
    if (machine === null) return ['later', 'When it is rented, and how windows of it are reserved.'];
    return machine.calendarSet
      ? ['done', 'Your hours and terms are set.']
      : ['optional', 'Open always, with the usual terms. Set hours if you need the machine yourself.'];
  },
  listed: ({ machine }) => {
    if (machine === null || !machine.priced) return ['later', 'Renters find it and book it.'];
    const { published, obstacle, waitsForApproval } = machine;
    if (!published) return obstacle === null ? ['act', 'Publish it when you are ready.'] : ['later', obstacle];
    if (obstacle === null) return ['done', 'Renters see it.'];
    return waitsForApproval ? ['wait', obstacle] : ['failed', `Published, but renters do not see it. ${obstacle}`];
  },
  payout: ({ payout }) => {
    const { provider, state, problem } = payout;
    if (provider === null) return ['optional', 'This market pays nobody out: it has no payment provider.'];
    if (problem === null) return ['done', 'You can be paid.'];
    if (state === 'closed') return ['failed', problem];
    return [state === 'checking' || state === 'opening' ? 'wait' : 'act', problem];
  },
};

/** Every step, as it stands by the facts. */
export function onboardingSteps(facts: OnboardingFacts): OnboardingStep[] {
  return ONBOARDING_STEPS.map((name) => {
    const [state, sentence] = STEP[name](facts);
    return { name, state, sentence };
  });
}

/** The step that somebody should look at now: the first that is theirs or is to be mended, else the first that is awaited. */
export function currentStep(steps: readonly OnboardingStep[]): OnboardingStepName | null {
  const first = (...states: readonly OnboardingState[]) => steps.find(({ state }) => states.includes(state))?.name;
  return first('act', 'failed') ?? first('wait') ?? null;
}

function checks(count: number): string {
  return count === 1 ? '1 check' : `${count} checks`;
}
