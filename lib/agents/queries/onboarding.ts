import type { Actor } from '#lib/base/actor.ts';
import { machineOf, type OwnMachine } from '#lib/catalogue/queries/machines.ts';
import { checkOutcome, isTestAwaited } from '#lib/catalogue/self-test.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { codeState } from '../enrolment.ts';
import type { OnboardingFacts } from '../onboarding.ts';

export type OnboardingAsk = {
  /** This machine; what is not theirs is not found. */
  readonly machineId?: string | undefined;
  /** Only a machine that came after this one: somebody lists another. */
  readonly besides?: string | undefined;
};

/** How far somebody is in listing a machine. What the payment provider says is asked of `payments`. */
export type Onboarding = {
  /** The market's address as a host's machine reaches it. */
  readonly publicUrl: string;
  readonly facts: Omit<OnboardingFacts, 'payout'>;
  /** The machine that is being listed; null until it is enrolled. */
  readonly machine: OwnMachine | null;
  /** How many machines this host has already. */
  readonly machineCount: number;
};

/** The machine that was named, else the newest that renters do not see yet, and what is true of it. */
export async function onboardingOf(actor: Actor, ask: OnboardingAsk, now: Date): Promise<Onboarding> {
  const [user, code, machineId, machineCount] = await Promise.all([
    db.user.findUniqueOrThrow({
      where: { id: actor.userId },
      select: { emailConfirmedAt: true, suspendedAt: true },
    }),
    newestCode(actor),
    ask.machineId ?? unfinishedMachine(actor, ask.besides),
    db.machine.count({ where: { hostId: actor.userId, retiredAt: null } }),
  ]);
  const machine = machineId === null ? null : await machineOf(actor, machineId, now);
  const calendarSet = machine !== null && (await db.calendar.count({ where: { machineId: machine.id } })) > 0;
  return {
    publicUrl: env().publicUrl,
    machine,
    machineCount,
    facts: {
      suspended: user.suspendedAt !== null,
      emailConfirmed: user.emailConfirmedAt !== null,
      code: code === null ? null : { state: codeState(code, now), expiresAt: code.expiresAt },
      machine: machine === null ? null : machineFactsOf(machine, calendarSet, now),
    },
  };
}

/** The newest code, unless a machine came with it. */
async function newestCode(actor: Actor) {
  const code = await db.enrolmentCode.findFirst({
    where: { hostId: actor.userId },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    select: { usedAt: true, expiresAt: true },
  });
  return code?.usedAt === null ? code : null;
}

async function unfinishedMachine(actor: Actor, besides: string | undefined): Promise<string | null> {
  const machine = await db.machine.findFirst({
    where: {
      hostId: actor.userId,
      retiredAt: null,
      ...(besides === undefined ? {} : { id: { gt: besides } }),
      OR: [{ listing: null }, { listing: { state: 'draft' } }],
    },
    orderBy: { id: 'desc' },
    select: { id: true },
  });
  return machine?.id ?? null;
}

function machineFactsOf(machine: OwnMachine, calendarSet: boolean, now: Date): OnboardingFacts['machine'] {
  const { listing, selfTest, whyNotPublish, whyNotVisible } = machine;
  const published = listing?.state === 'published';
  const outcomes = (selfTest?.checks ?? []).map(checkOutcome);
  const count = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;
  return {
    health: machine.health,
    lastSyncAt: machine.lastSyncAt,
    test: selfTest === null ? null : { passed: selfTest.passed, failed: count('failed'), looks: count('look') },
    testAwaited: isTestAwaited(machine, now),
    priced: listing !== null,
    published,
    calendarSet,
    obstacle: (published ? whyNotVisible : whyNotPublish)?.sentence ?? null,
    waitsForApproval: published && listing.approvedAt === null && env().listingApproval === 'staff',
  };
}
