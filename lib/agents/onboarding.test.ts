import { describe, expect, it } from 'vitest';
import { currentStep, type OnboardingFacts, type OnboardingStepName, onboardingSteps } from './onboarding.ts';

const soon = new Date('2026-11-27T13:00:00Z');
const fresh: OnboardingFacts = {
  suspended: false,
  emailConfirmed: true,
  code: null,
  machine: null,
  payout: { provider: 'stripe', state: 'none', problem: 'Say first where you want to be paid.' },
};
const machine: NonNullable<OnboardingFacts['machine']> = {
  health: 'online',
  lastSyncAt: soon,
  test: { passed: true, failed: 0, looks: 0 },
  testAwaited: false,
  priced: false,
  published: false,
  calendarSet: false,
  obstacle: 'Set a price first.',
  waitsForApproval: false,
};
const stand = (facts: Partial<OnboardingFacts>) => {
  const steps = onboardingSteps({ ...fresh, ...facts });
  const state = (name: OnboardingStepName) => steps.find((step) => step.name === name)?.state;
  return { steps, state, current: currentStep(steps), words: steps.map((step) => step.state).join(' ') };
};
const withMachine = (change: Partial<typeof machine>, rest: Partial<OnboardingFacts> = {}) =>
  stand({ machine: { ...machine, ...change }, ...rest });

describe('the checklist of a new host', () => {
  it('asks for one thing after the other, from the account to the market', () => {
    expect(stand({ emailConfirmed: false })).toMatchObject({
      words: 'act later later later later later later act',
      current: 'account',
    });
    expect(stand({})).toMatchObject({ words: 'done act later later later later later act', current: 'agent' });
    const code = { state: 'waiting', expiresAt: soon } as const;
    expect(stand({ code })).toMatchObject({ words: 'done act wait later later later later act', current: 'agent' });
    expect(withMachine({ lastSyncAt: null, test: null, health: 'offline' })).toMatchObject({
      words: 'done done wait later act optional later act',
    });
    expect(withMachine({ test: null }).words).toBe('done done done wait act optional later act');
    expect(withMachine({}).words).toBe('done done done done act optional later act');
    expect(withMachine({ priced: true, obstacle: null })).toMatchObject({
      words: 'done done done done done optional act act',
      current: 'listed',
    });
    const paid = { payout: { provider: 'sandbox', state: 'ready', problem: null } } as const;
    const listed = { priced: true, published: true, obstacle: null, calendarSet: true };
    expect(withMachine(listed, paid)).toMatchObject({
      words: 'done done done done done done done done',
      current: null,
    });
  });

  it('says that a code expired unused, and asks for another', () => {
    expect(stand({ code: { state: 'expired', expiresAt: soon } })).toMatchObject({ current: 'agent' });
    expect(stand({ code: { state: 'expired', expiresAt: soon } }).state('agent')).toBe('failed');
  });

  it('goes back to what broke: a machine that went offline, a self-test that fails', () => {
    expect(withMachine({ health: 'offline', priced: true, published: true, obstacle: null }).state('contact')).toBe(
      'failed',
    );
    const failing = withMachine({ test: { passed: false, failed: 2, looks: 0 } });
    expect(failing.current).toBe('selfTest');
    expect(failing.steps[3]?.sentence).toContain('2 checks failed');
    expect(withMachine({ test: { passed: false, failed: 2, looks: 0 }, testAwaited: true }).state('selfTest')).toBe(
      'wait',
    );
  });

  it('is not done with the market before renters see the machine', () => {
    const waits = { priced: true, published: true, obstacle: 'This listing waits for approval by staff.' };
    expect(withMachine({ ...waits, waitsForApproval: true }).state('listed')).toBe('wait');
    expect(withMachine({ ...waits, obstacle: 'Staff have suspended this listing.' }).state('listed')).toBe('failed');
  });

  it('waits for nobody at a suspended account', () => {
    expect(stand({ suspended: true })).toMatchObject({ current: 'account' });
    expect(stand({ suspended: true }).state('agent')).toBe('later');
  });
});
