import type { Preferences } from '#lib/auth/preferences.ts';
import type { EventKind } from '#lib/events/event.ts';

/** How somebody wants instants written: the zone of their mails, null being UTC, and as they chose to have dates written. */
export type TimesShown = Pick<Preferences, 'timeZone' | 'locale'>;

/** What happened, with the names that sentences about it need. Loaded once for each event. */
export type EventFacts = {
  readonly kind: EventKind;
  /** Null when the market itself acted. */
  readonly actorId: string | null;
  readonly userId: string | null;
  /** Why, in the words of whoever did it, or what the machine said. */
  readonly reason: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: Date;
  readonly booking: BookingNamed | null;
  readonly machine: MachineNamed | null;
  /** All admins in good standing, when the event concerns them. */
  readonly adminIds: readonly string[];
  /** How the one who is to read it wants times shown; left out: UTC. */
  readonly times?: TimesShown | undefined;
};

export type BookingNamed = {
  readonly id: string;
  readonly name: string;
  readonly renterId: string;
  readonly hostId: string;
  readonly reason: string | null;
  /** It runs a job: what its renter hears of that says the job. */
  readonly ofJob: boolean;
  readonly endsAt: Date;
  readonly diskUntil: Date | null;
  readonly startedAt: Date | null;
  readonly chargedMicros: bigint;
  readonly creditedMicros: bigint;
  readonly feeMicros: bigint;
  readonly refundedMicros: bigint;
};

export type MachineNamed = {
  readonly id: string;
  readonly name: string;
  readonly hostId: string;
  /** Who rents on it now. */
  readonly rentals: readonly { readonly id: string; readonly name: string; readonly renterId: string }[];
};

/** Something one person should know. `mail`: also by mail, because it costs money, ends something or concerns safety. */
export type NewNotice = {
  readonly userId: string;
  readonly title: string;
  readonly body: string;
  readonly link: string | null;
  readonly mail: boolean;
  /** Not by mail whatever was chosen: a mail about the same was sent a moment ago. */
  readonly quiet?: boolean;
};
