import type { Visitor } from '#lib/auth/visitor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import type { World } from '#lib/base/time.ts';

let addresses = 0;

/** Somebody at an address that nobody had before, so that limits of one test never touch another; or at the one given. */
export function visitor(address?: string): Visitor {
  addresses += 1;
  return {
    address: address ?? `10.${addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`,
    label: 'Firefox on Linux',
  };
}

/** The world at a time of the test's day, 23 November 2026: "12:00" or "12:00:30". */
export function at(time: string): World {
  const instant = new Date(`2026-11-23T${time.length === 5 ? `${time}:00` : time}Z`);
  return { now: () => instant };
}

/** The refusal that something ends in; a test fails when it ends in anything else. */
export async function refusal(asked: Promise<unknown>): Promise<Refusal> {
  try {
    await asked;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}
