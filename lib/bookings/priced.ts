import type { Micros } from '#lib/base/money.ts';
import { limitSentence, type Spending, spendable } from '#lib/ledger/spending-limit.ts';
import { planHold } from './hold.ts';
import type { Quote } from './quote.ts';
import type { Sizes } from './sizes.ts';

/** A quote beside the money of whoever asked: what booking it would set aside, or why it cannot. */
export type Priced = {
  readonly quote: Quote;
  readonly capMicros: Micros | null;
  readonly freeMicros: Micros;
  /** What is set aside at once; null when it cannot be. */
  readonly heldMicros: Micros | null;
  /** How much must be added to the wallet first; null when it is enough, or when money is not what lacks. */
  readonly missingMicros: Micros | null;
  /** The limit of a new account in sentences, when it lets less be set aside, or nothing; null otherwise. */
  readonly limited: string | null;
  /** The least that the cap must be, when it is too small. */
  readonly leastCapMicros: Micros | null;
  /** The prices and the sizes, each in one word, for a form to carry along: what was seen before somebody decided. */
  readonly seen: string;
  readonly sizes: string;
  /** Terms and price are kept under this id until then, and so much of the wallet (0: none); null for a look only. */
  readonly kept: { readonly id: string; readonly expiresAt: Date; readonly keptMicros: Micros } | null;
};

/** Puts a quote beside somebody's money. */
export function priceFor(
  quote: Quote,
  money: { readonly capMicros: Micros | null; readonly freeMicros: Micros; readonly spending: Spending },
  kept: Priced['kept'],
): Priced {
  const { capMicros, freeMicros, spending } = money;
  const toEnd = { seconds: quote.secondsToEnd, begun: false };
  const whole = quote.reserved !== null;
  const facts = { capMicros, chargedMicros: 0n, heldMicros: 0n, toEnd, whole };
  const plan = planHold(quote.terms, { ...facts, freeMicros: spendable(freeMicros, spending) });
  const unlimited = planHold(quote.terms, { ...facts, freeMicros });
  const problem = 'problem' in plan ? plan : null;
  const heldMicros = 'problem' in plan ? null : plan.heldMicros;
  const short = 'problem' in unlimited && unlimited.problem === 'short' ? unlimited.neededMicros - freeMicros : null;
  return {
    quote,
    capMicros,
    freeMicros,
    heldMicros,
    missingMicros: short,
    limited: 'problem' in unlimited || unlimited.heldMicros === heldMicros ? null : limitSentence(spending),
    leastCapMicros: problem?.problem === 'capTooSmall' ? problem.leastMicros : null,
    seen: pricesWord(quote.terms),
    sizes: sizesWord({
      ...quote.terms,
      durationSeconds: quote.whole?.seconds ?? null,
      startsAt: quote.reserved?.startsAt ?? null,
    }),
    kept,
  };
}

function pricesWord(terms: Quote['terms']): string {
  return `${terms.priceMicrosPerGpuHour} ${terms.diskPriceMicrosPerGibMonth} ${terms.feeBasisPoints}`;
}

/** Sizes in one word: equal words, equal sizes. */
export function sizesWord(sizes: Pick<Sizes, 'gpuCount' | 'diskBytes' | 'durationSeconds' | 'startsAt'>): string {
  return `${sizes.gpuCount} ${sizes.diskBytes} ${sizes.durationSeconds ?? 'open'} ${sizes.startsAt?.toISOString() ?? 'now'}`;
}
