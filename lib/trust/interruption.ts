import type { Micros } from '#lib/base/money.ts';
import { type Interval, intervalOf, lengthOf, overlapOf, type Span, unionOf } from '#lib/base/spans.ts';

/**
 * Why a rental was not what it should have been for a while, as the market itself saw it.
 *
 * - `unreachable`: the machine did not answer although the market listened.
 * - `notUsable`: after it had been connectable the machine said that it was not, until it was again.
 * - `hostEnded`: the host broke the rental off before its time.
 * - `noSamples`: for a minute or more no figures came, although it was running. Shown; counts for nothing.
 */
export const INTERRUPTION_KINDS = ['unreachable', 'notUsable', 'hostEnded', 'noSamples'] as const;
export type InterruptionKind = (typeof INTERRUPTION_KINDS)[number];

export type Interruption = {
  readonly kind: InterruptionKind;
  readonly from: Date;
  readonly until: Date;
  /** What was charged for time within it: zero where nothing was billed. */
  readonly chargedMicros: Micros;
};

/** What of a rental interruptions are found from. Everything as it is stored. */
export type Recorded = {
  /** From its first connectable instant until its end, or now. */
  readonly from: Date;
  readonly until: Date;
  readonly statements: readonly {
    readonly startsAt: Date;
    readonly endsAt: Date;
    readonly state: string;
    readonly chargedMicros: Micros;
  }[];
  readonly silences: readonly (Span & { readonly cause: string })[];
  /** How its phase moved, oldest first. */
  readonly phases: readonly { readonly at: Date; readonly phase: string }[];
  /** When figures came, oldest first. */
  readonly samplesAt: readonly Date[];
};

export type Found = {
  readonly interruptions: readonly Interruption[];
  /** What the rule proposes to give back. */
  readonly proposedMicros: Micros;
};

/** A longer time without figures is shown. They come every five seconds. */
const SAMPLE_GAP_MS = 60_000;
const BROKEN = new Set(['failed', 'accepted', 'pulling', 'starting']);

/**
 * The interruptions of a rental, oldest first, and the refund that the rule proposes: of each statement that was charged, the
 * share of its time that lies within an interruption of the kinds `unreachable`, `notUsable` or `hostEnded`, rounded down to the
 * micro-dollar. Time in which several overlap counts once; time that was not billed is worth nothing.
 */
export function findInterruptions(recorded: Recorded): Found {
  const from = recorded.from.getTime();
  const until = recorded.until.getTime();
  const silent = (cause: string) =>
    recorded.silences.filter((silence) => silence.cause === cause).map((silence) => intervalOf(silence));
  const spans: Readonly<Record<InterruptionKind, Interval[]>> = {
    unreachable: unionOf(silent('unreachable'), from, until),
    notUsable: unionOf(unusable(recorded, until), from, until),
    hostEnded: unionOf(silent('hostEnded'), from, until),
    noSamples: unionOf(sampleGaps(recorded), from, until),
  };
  const counted = unionOf([...spans.unreachable, ...spans.notUsable, ...spans.hostEnded], from, until);
  const interruptions = INTERRUPTION_KINDS.flatMap((kind) =>
    spans[kind].map((span) => ({
      kind,
      from: new Date(span[0]),
      until: new Date(span[1]),
      chargedMicros: chargedWithin(recorded.statements, [span]),
    })),
  ).sort((a, b) => a.from.getTime() - b.from.getTime());
  return { interruptions, proposedMicros: chargedWithin(recorded.statements, counted) };
}

/** How long these interruptions are together, each instant once, in seconds: what a person reads. Gaps of figures are none. */
export function interruptedSeconds(interruptions: readonly Omit<Interruption, 'chargedMicros'>[]): number {
  const spans = interruptions
    .filter(({ kind }) => kind !== 'noSamples')
    .map((one): Interval => [one.from.getTime(), one.until.getTime()]);
  return Math.round(lengthOf(unionOf(spans, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)) / 1_000);
}

function chargedWithin(statements: Recorded['statements'], spans: readonly Interval[]): Micros {
  let sum = 0n;
  for (const { startsAt, endsAt, state, chargedMicros } of statements) {
    const whole: Interval = [startsAt.getTime(), endsAt.getTime()];
    const lengthMs = whole[1] - whole[0];
    if (state !== 'running' || chargedMicros <= 0n || lengthMs <= 0) continue;
    sum += (chargedMicros * BigInt(overlapOf([whole], spans))) / BigInt(lengthMs);
  }
  return sum;
}

/** From a fall back out of `connectable` until it is so again. A stop that was asked for, and what starts after it, is none. */
function unusable({ phases }: Recorded, until: number): Interval[] {
  const spans: Interval[] = [];
  let usable = false;
  let since: number | null = null;
  for (const { at, phase } of phases) {
    const time = at.getTime();
    if (since !== null && !BROKEN.has(phase)) {
      spans.push([since, time]);
      since = null;
    }
    if (phase === 'connectable') usable = true;
    else if (usable && since === null && BROKEN.has(phase)) since = time;
    if (phase === 'stopping' || phase === 'stopped' || phase === 'ended') usable = false;
  }
  if (since !== null) spans.push([since, until]);
  return spans;
}

/** Gaps between figures while statements say that it was running. Before the first and after the last nothing is known. */
function sampleGaps({ samplesAt, statements }: Recorded): Interval[] {
  const running = unionOf(
    statements
      .filter(({ state }) => state === 'running')
      .map(({ startsAt, endsAt }): Interval => [startsAt.getTime(), endsAt.getTime()]),
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  );
  return samplesAt.flatMap((at, index) => {
    const before = samplesAt[index - 1]?.getTime();
    if (before === undefined || at.getTime() - before < SAMPLE_GAP_MS) return [];
    const gap: Interval = [before, at.getTime()];
    return overlapOf([gap], running) >= SAMPLE_GAP_MS ? [gap] : [];
  });
}
