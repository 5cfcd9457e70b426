import type { Shape } from './shape.ts';
import type { Machine } from './snapshot.ts';

/** A machine while a plan is made: what is free of it changes. */
export type Seat = {
  readonly machine: Machine;
  readonly rank: number;
  /** Where its ratings stand. */
  readonly slot: number;
  readonly kind: number;
  cpuMilli: number;
  memoryBytes: number;
  diskBytes: number;
  readonly gpuMilli: number[];
  shape: Shape;
  cpuStep: number;
  fragments: number;
};
