import type { Micros } from '#lib/base/money.ts';
import type { TrustTier } from '#lib/catalogue/machine.ts';
import type { StandingReport } from './standing-fit.ts';
import type { RequestAction, StandingMode, StandingState, StandingWish } from './standing-request.ts';

/** A request in its renter's list. */
export type StandingListRow = StandingWish & {
  readonly id: string;
  readonly name: string;
  readonly mode: StandingMode;
  readonly state: StandingState;
  readonly startBy: Date;
  readonly finishBy: Date;
  /** Why the last match could not be booked, when the account was the cause. */
  readonly trouble: string | null;
  readonly tries: number;
  readonly nextTryAt: Date | null;
  /** Answers of hosts that can be accepted now. */
  readonly openAnswers: number;
  readonly bookingId: string | null;
  readonly createdAt: Date;
  readonly closedAt: Date | null;
  readonly actions: readonly RequestAction[];
};

/** A host's answer as the renter sees it. */
export type AnswerForRenter = {
  readonly id: string;
  readonly listingId: string;
  readonly machineName: string;
  readonly hostName: string;
  readonly simulated: boolean;
  readonly gpuModel: string;
  readonly gpuCount: number;
  readonly region: string | null;
  readonly country: string | null;
  readonly trust: TrustTier;
  readonly priceMicrosPerGpuHour: Micros;
  readonly diskPriceMicrosPerGibMonth: Micros;
  /** What the whole time costs, disk included. */
  readonly wholeMicros: Micros;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** Why it cannot be accepted; null when it can. */
  readonly whyNotAccept: string | null;
};

/** A request as its renter sees it. */
export type StandingView = StandingListRow & {
  readonly image: string;
  readonly command: readonly string[] | null;
  /** How it stands in the market; null once it is closed. */
  readonly report: StandingReport | null;
  /** The best price first; what was taken back is not among them. */
  readonly answers: readonly AnswerForRenter[];
};

/** A machine of a host that could serve a request. */
export type ServingMachine = {
  readonly machineId: string;
  readonly name: string;
  readonly gpuModel: string;
  readonly listedMicrosPerGpuHour: Micros;
  /** Whether enough of its GPUs are free now. */
  readonly free: boolean;
  /** What it is offered to this renter for; null when it is not. */
  readonly answer: { readonly id: string; readonly priceMicrosPerGpuHour: Micros; readonly expiresAt: Date } | null;
};

/** A request as a host sees it who could serve it: what is wanted and for how much, not by whom. */
export type RequestForHost = {
  readonly id: string;
  readonly models: readonly string[];
  readonly vramGib: number | null;
  readonly gpuCount: number;
  readonly diskBytes: bigint;
  readonly regions: readonly string[];
  readonly maxPriceMicrosPerGpuHour: Micros;
  readonly durationSeconds: number;
  readonly startBy: Date;
  readonly finishBy: Date;
  readonly createdAt: Date;
  readonly machines: readonly ServingMachine[];
};
