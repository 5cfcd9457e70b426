import { lockPutOuts } from '#lib/bookings/allow-put-out.ts';
import type { BookingDraft } from '#lib/bookings/make-bookings.ts';
import { whyNotPutOut } from '#lib/bookings/put-out.ts';
import type { Tx } from '#lib/io/db.ts';

/** For whom of some renters somebody may be put out, one placement after the other. */
export type PutOutLimit = {
  /** Why nobody is put out for a renter, in a sentence; null: somebody may be. */
  readonly whyNot: (renterId: string) => string | null;
  /** Somebody is put out for these of a renter: they count at once. */
  readonly count: (renterId: string, drafts: readonly BookingDraft[]) => void;
  /** All that were counted. */
  readonly bookingIds: () => readonly string[];
};

/** Step: looks up, under lock, for whom of these renters somebody may be put out. */
export async function limitPutOuts(tx: Tx, renterIds: readonly string[], now: Date): Promise<PutOutLimit> {
  const putOuts = new Map(renterIds.length === 0 ? [] : await lockPutOuts(tx, renterIds, now));
  const bookingIds: string[] = [];
  return {
    whyNot: (renterId) => {
      const own = putOuts.get(renterId);
      return own === undefined ? null : (whyNotPutOut(own, now)?.sentence ?? null);
    },
    count: (renterId, drafts) => {
      const { inVainAt = [], unused = 0 } = putOuts.get(renterId) ?? {};
      putOuts.set(renterId, { inVainAt, unused: unused + drafts.length });
      bookingIds.push(...drafts.map((draft) => draft.bookingId));
    },
    bookingIds: () => bookingIds,
  };
}
