import { Panel } from '#components/ui/panel.tsx';
import { INTERRUPTED_DISK_SECONDS, PRICE_BACK_SECONDS } from '#lib/bookings/bid.ts';
import { MOST_IN_VAIN } from '#lib/bookings/put-out.ts';
import { formatSpan } from '#lib/catalogue/span-words.ts';

const [HOUR, DAY] = MOST_IN_VAIN;

/** The rules of interruptible rentals, in the words of a renter. */
export function HowItWorks() {
  return (
    <Panel title="How it works">
      <ul className="list-disc space-y-1.5 pl-5 text-sm">
        <li>Whoever books on demand or reserves comes first, always. Among bids the better-paying one.</li>
        <li>
          Before a rental yields it is told: its program gets SIGTERM, open shells a line, programs find the instant in{' '}
          <code className="font-mono text-xs">/.lease/notice.json</code>. Then it is stopped.
        </li>
        <li>
          Its disk is kept for {formatSpan(INTERRUPTED_DISK_SECONDS)}, at its price, and it goes on by itself on the
          same machine when its bid wins again.
        </li>
        <li>
          Nobody is put out for nothing again and again: whoever ends what others left for before it was used for as
          long as that notice, {HOUR.times} times within an hour or {DAY.times} within a day, gets only idle GPUs for a
          while, by whatever way they ask.
        </li>
        <li>
          You pay the clearing price of the moment. Statements are charged by your bid, and what that is above the price
          comes back every {formatSpan(PRICE_BACK_SECONDS)}, as a credit in the public log: the bill can be recomputed.
        </li>
        <li>Nothing is set aside while a bid waits. To start, the wallet must cover an hour at the full bid.</li>
        <li>
          Bidding what it is worth to you is the best bid: what you bid decides whether you run, hardly what you pay.
        </li>
      </ul>
    </Panel>
  );
}
