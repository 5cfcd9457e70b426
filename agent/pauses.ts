const FIRST_MS = 60_000;
const LONGEST_MS = 3_600_000;
/** What ran for so long was well: its next pause is the first again. */
const WELL_AFTER_MS = 600_000;

/**
 * How long what fails, or ends at once, again and again rests before it is tried again: a minute, then twice as long each time, an hour at most.
 * All times are of the same monotonic clock, in milliseconds.
 */
export function pausesOf(monotonic: () => number) {
  let troubles = 0;
  let wellSince: number | null = null;
  let until = 0;
  return {
    /** It runs. */
    begun(): void {
      wellSince = monotonic();
    },
    /** It failed, or ended by itself. Answers how many milliseconds it rests. */
    rest(): number {
      if (wellSince !== null && monotonic() - wellSince >= WELL_AFTER_MS) troubles = 0;
      wellSince = null;
      const pause = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(troubles, 10));
      troubles += 1;
      until = monotonic() + pause;
      return pause;
    },
    isOver: () => monotonic() >= until,
    /** It is another one now. */
    forget(): void {
      [troubles, wellSince, until] = [0, null, 0];
    },
  };
}
