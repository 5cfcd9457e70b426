import type { Interruption } from './interruption.ts';

/** What a piece of evidence is: words or a file of a side, or what the market recorded of the rental. */
export const EVIDENCE_KINDS = [
  'text',
  'file',
  'interruptions',
  'statements',
  'heartbeats',
  'events',
  'metrics',
  'countersignature',
] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

export const MOST_TITLE_CHARACTERS = 120;
/** Output of a program, a log, a configuration: in characters. */
export const MOST_EVIDENCE_CHARACTERS = 20_000;

/** What a side lays down beside what it says. */
export type OwnEvidence = { readonly title: string; readonly text: string };

/** What is wrong with it, by field, or null. */
export function evidenceProblem({ title, text }: OwnEvidence): { readonly [field: string]: string } | null {
  const most = (value: string, characters: number) => [...value].length > characters;
  if (title.trim() === '') return { evidenceTitle: 'Say what it is.' };
  if (most(title.trim(), MOST_TITLE_CHARACTERS))
    return { evidenceTitle: `At most ${MOST_TITLE_CHARACTERS} characters.` };
  if (text.trim() === '') return { evidenceText: 'Paste what shows it.' };
  if (most(text, MOST_EVIDENCE_CHARACTERS)) return { evidenceText: `At most ${MOST_EVIDENCE_CHARACTERS} characters.` };
  // A database's text has no place for it, and nobody types it.
  return text.includes('\u0000') || title.includes('\u0000')
    ? { evidenceText: 'It holds characters that are no text.' }
    : null;
}

/** A piece of evidence before it is stored. `payload` is kept, and hashed, to the byte. */
export type NewEvidence = {
  readonly kind: EvidenceKind;
  readonly title: string;
  readonly payload: string;
  /** Of a file. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
};

/** What the market recorded about a rental, as it lies in the database at the opening of a dispute. */
export type Telemetry = {
  readonly bookingId: string;
  readonly from: Date;
  readonly until: Date;
  readonly interruptions: readonly Interruption[];
  readonly proposedMicros: bigint;
  readonly statements: {
    readonly count: number;
    readonly firstHash: string | null;
    readonly lastSequence: number;
    readonly lastHash: string;
    readonly statedGpuSeconds: bigint;
    readonly billedGpuSeconds: bigint;
    readonly chargedMicros: bigint;
    readonly unbilled: readonly { readonly reason: string; readonly statements: number; readonly gpuSeconds: bigint }[];
  };
  readonly silences: readonly { readonly cause: string; readonly startsAt: Date; readonly endsAt: Date | null }[];
  readonly events: readonly {
    readonly at: Date;
    readonly kind: string;
    readonly phase: string | null;
    readonly reason: string | null;
  }[];
  /** Figures are kept for a day: the dispute keeps them in spans of ten minutes. */
  readonly metrics: readonly {
    readonly at: Date;
    readonly samples: number;
    readonly gpuUtilisationPercent: number | null;
    readonly gpuTemperatureCelsius: number | null;
    readonly cpuMillis: number | null;
  }[];
  readonly countersignature: { readonly sequence: number; readonly key: string; readonly receivedAt: Date } | null;
};

/** The rule of the proposal, in words: it stands in the evidence, so that a later rule does not change what this one meant. */
export const RULE =
  'Of each statement that was charged: the share of its time in which the machine did not answer the market although the market listened, or said itself that the rental was not usable. Rounded down to the micro-dollar; time that overlaps counts once; gaps of figures count for nothing.';

/** What the market lays down when a dispute is opened: always what is billed and what interrupted it, and the rest where there is any. */
export function marketEvidence(telemetry: Telemetry): NewEvidence[] {
  const { bookingId, from, until } = telemetry;
  const piece = (kind: EvidenceKind, title: string, facts: object): NewEvidence => ({
    kind,
    title,
    payload: JSON.stringify({ v: 1, bookingId, from, until, ...facts }, stringAmounts, 1),
  });
  const { interruptions, proposedMicros, statements, silences, events, metrics, countersignature } = telemetry;
  return [
    piece('interruptions', 'Interruptions found, and the refund that the rule proposes', {
      rule: RULE,
      proposedMicros,
      interruptions,
    }),
    piece('statements', 'What the machine signed, and what of it was billed', { statements }),
    piece('heartbeats', 'When the machine did not answer', { silences }),
    piece('events', 'What happened, in order', { events }),
    ...(metrics.length === 0 ? [] : [piece('metrics', 'Figures, in spans of ten minutes', { metrics })]),
    ...(countersignature === null
      ? []
      : [piece('countersignature', 'Up to where the renter’s client agreed', { countersignature })]),
  ];
}

function stringAmounts(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
