import { secondsBetween } from '#lib/base/time.ts';
import { shortName } from '#lib/base/words.ts';
import type { Health } from '#lib/catalogue/machine.ts';

/** What a host should look at, the most urgent first. */
export const ATTENTION_KINDS = [
  'identityCopied',
  'offline',
  'selfTestFailed',
  'payoutBlocked',
  'notVisible',
  'endsSoon',
  'requests',
  'unfinished',
  'agentOlder',
] as const;
export type AttentionKind = (typeof ATTENTION_KINDS)[number];

export type Attention = {
  readonly kind: AttentionKind;
  readonly title: string;
  /** What to do about it. */
  readonly sentence: string;
  readonly href: string;
  /** Since when it is so, or until when; null where it has no time. */
  readonly at: Date | null;
};

export type AttentionFacts = {
  readonly machines: readonly {
    readonly id: string;
    readonly name: string;
    readonly health: Health;
    readonly lastSyncAt: Date | null;
    readonly identityCopiedAt: Date | null;
    readonly selfTestedAt: Date | null;
    readonly selfTestPassed: boolean;
    readonly published: boolean;
    readonly priced: boolean;
    /** Why renters do not see it although it is published. */
    readonly obstacle: string | null;
    readonly agentOlder: boolean;
  }[];
  readonly endings: readonly {
    readonly bookingId: string;
    readonly machineId: string;
    readonly machineName: string;
    readonly renterName: string;
    readonly endsAt: Date;
  }[];
  /** What keeps a payout from being made; null when nothing does. */
  readonly payoutProblem: string | null;
  readonly owesMicros: bigint;
  readonly requests: number;
};

/** A rental that ends within this long is worth knowing. */
export const ENDS_SOON_SECONDS = 86_400;

/** What wants a host's attention now, by facts alone. */
export function attentionOf(facts: AttentionFacts, now: Date): Attention[] {
  const found: Attention[] = [];
  for (const machine of facts.machines) {
    const add = (kind: AttentionKind, title: string, sentence: string, at: Date | null = null, part = '') =>
      found.push({
        kind,
        title: `${machine.name} ${title}`,
        sentence,
        href: `/host/machines/${machine.id}${part}`,
        at,
      });
    const { identityCopiedAt, health, lastSyncAt, selfTestedAt, selfTestPassed, published, priced } = machine;
    if (identityCopiedAt !== null)
      add('identityCopied', 'was seen on two machines', 'Uninstall the agent on one of them.', identityCopiedAt);
    const offline = health === 'offline' && lastSyncAt !== null;
    if (offline) add('offline', 'does not answer', 'Look at its power, its network and its agent.', lastSyncAt);
    const fails = selfTestedAt !== null && !selfTestPassed;
    if (fails)
      add('selfTestFailed', 'fails its self-test', 'Its page says what failed and how to mend it.', selfTestedAt);
    // One cause is enough: who mends it sees whether another is left.
    else if (published && machine.obstacle !== null && !offline)
      add('notVisible', 'is published, and renters do not see it', machine.obstacle);
    if (!published && !priced)
      found.push({
        kind: 'unfinished',
        title: `${machine.name} is not listed yet`,
        sentence: 'Go on where you left off.',
        href: `/host/new?machine=${machine.id}`,
        at: null,
      });
    if (machine.agentOlder)
      add('agentOlder', 'has an older agent', 'Bring it up to date: rentals go on.', null, '/settings');
  }
  if (facts.payoutProblem !== null && facts.owesMicros > 0n)
    found.push({
      kind: 'payoutBlocked',
      title: 'Your payout waits for you',
      sentence: facts.payoutProblem,
      href: '/host/payouts',
      at: null,
    });
  for (const ending of facts.endings) {
    const left = secondsBetween(now, ending.endsAt);
    if (left < 0 || left > ENDS_SOON_SECONDS) continue;
    found.push({
      kind: 'endsSoon',
      title: `The rental of ${shortName(ending.renterName)} on ${shortName(ending.machineName)} ends`,
      sentence: 'Its GPUs are offered again after that.',
      href: `/host/machines/${ending.machineId}/rentals`,
      at: ending.endsAt,
    });
  }
  if (facts.requests > 0)
    found.push({
      kind: 'requests',
      title:
        facts.requests === 1 ? 'A renter waits for what you have' : `${facts.requests} renters wait for what you have`,
      sentence: 'Answer with a price: it is for that renter only.',
      href: '/host/requests',
      at: null,
    });
  const rank = (kind: AttentionKind) => ATTENTION_KINDS.indexOf(kind);
  return found.toSorted((a, b) => rank(a.kind) - rank(b.kind));
}
