'use client';

import { Callout } from '#components/ui/callout.tsx';
import { FactList } from '#components/ui/fact-list.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { exactly } from '#components/ui/instant.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { dollarsInput, MICROS_PER_DOLLAR } from '#lib/base/money.ts';
import type { Priced } from '#lib/bookings/priced.ts';
import { formatSpan } from '#lib/catalogue/span-words.ts';
import { KeptClock } from './kept-clock.tsx';
import { PriceLines } from './price-lines.tsx';

export type Provider = { readonly name: string; readonly warning: string | null };

type SummaryProps = {
  priced: Priced | null;
  provider: Provider | null;
  whyNot: string | null;
  /** Everything was typed and is right: the next press books. */
  recapping: boolean;
  /** Asks for the price again. */
  onOver: () => void;
};

/** What stands in the way of the button, in a few words: the panel says the whole of it. */
function whyNotYet(facts: {
  readonly missing: boolean;
  readonly tooMuch: boolean;
  readonly puttingOut: Priced['quote']['puttingOut'];
}): string | null {
  if (facts.missing) return 'Add money first.';
  if (facts.tooMuch) return 'It is over your limit.';
  return facts.puttingOut?.whyNot == null ? null : 'Somebody would have to leave for it.';
}

/** What it costs, what is set aside, and the one button. */
export function Summary({ priced, provider, whyNot, recapping, onOver }: SummaryProps) {
  const missing = priced?.missingMicros ?? null;
  const leastCap = priced?.leastCapMicros ?? null;
  const puttingOut = priced?.quote.puttingOut ?? null;
  const tooMuch = priced !== null && priced.limited !== null && priced.heldMicros === null;
  return (
    <Panel title="What it costs">
      {priced === null ? (
        <p className="text-muted">Correct the marked fields, and the price stands here.</p>
      ) : (
        <>
          <PriceLines quote={priced.quote} />
          <FactList
            className="mt-4 border-line border-t pt-1"
            facts={[
              ...(priced.quote.reserved === null
                ? [
                    { label: 'Free until', value: <TimeAgo at={priced.quote.freeUntil} /> },
                    ...(priced.quote.terms.maintenanceNoticeSeconds === undefined
                      ? []
                      : [
                          {
                            label: 'Maintenance',
                            value: `${formatSpan(priced.quote.terms.maintenanceNoticeSeconds)} of notice`,
                            hint: 'The host may announce it so long before; the rental ends there.',
                          },
                        ]),
                  ]
                : [
                    { label: 'Begins', value: exactly(priced.quote.reserved.startsAt, 'UTC') },
                    { label: 'Ends', value: exactly(priced.quote.endsAt, 'UTC') },
                    {
                      label: 'Giving it back is free until',
                      value: exactly(priced.quote.reserved.cancelFreeUntil, 'UTC'),
                      hint: (
                        <>
                          after that up to <Money micros={priced.quote.reserved.cancelMicros} />
                        </>
                      ),
                    },
                  ]),
              {
                label: 'Set aside now',
                value: (
                  <Money
                    micros={
                      priced.heldMicros ??
                      (missing === null ? priced.quote.hold.leastMicros : missing + priced.freeMicros)
                    }
                  />
                ),
                hint: (
                  <>
                    of <Money micros={priced.freeMicros} /> in your wallet; what is not used comes back
                  </>
                ),
              },
            ]}
          />
        </>
      )}
      {leastCap !== null && (
        <Callout tone="warn" title="The cap is too small" className="mt-4">
          It must cover {priced?.quote.reserved === null ? 'an hour' : 'the first 24 hours of the window'} and a day of
          the disk: at least <Money micros={leastCap} />.
        </Callout>
      )}
      {priced !== null && priced.limited !== null && (
        <Callout
          tone={priced.heldMicros === null ? 'warn' : 'info'}
          title={priced.heldMicros === null ? 'More than a new account may set aside' : 'Less is set aside at first'}
          className="mt-4"
        >
          {priced.limited}
        </Callout>
      )}
      {puttingOut?.whyNot != null && (
        <Callout tone="warn" title="Nobody leaves for you now" className="mt-4">
          {puttingOut.whyNot}
        </Callout>
      )}
      {missing !== null && whyNot === null && <AddMoney missing={missing} provider={provider} />}
      <div className="mt-5 space-y-2 [&_button]:w-full [&>span]:w-full">
        <SubmitButton
          key={recapping ? 'book' : 'recap'}
          name="intent"
          value={recapping ? 'book' : 'recap'}
          size="lg"
          pendingLabel={recapping ? 'Booking…' : 'Looking…'}
          disabledReason={whyNot ?? whyNotYet({ missing: missing !== null, tooMuch, puttingOut })}
        >
          {!recapping ? 'Review' : priced !== null && priced.quote.reserved !== null ? 'Reserve' : 'Book'}
        </SubmitButton>
        {recapping && (
          <SubmitButton name="intent" value="price" variant="secondary" pendingLabel="One moment…">
            Change something
          </SubmitButton>
        )}
        {!recapping && (
          <noscript>
            <button
              type="submit"
              name="intent"
              value="price"
              className="h-9 w-full rounded-md border border-line-control bg-surface font-medium"
            >
              Recalculate
            </button>
          </noscript>
        )}
      </div>
      <p className="mt-3 text-muted text-xs">
        {whyNot === null && priced !== null && (
          <KeptClock
            until={priced.kept?.expiresAt ?? null}
            withMoney={(priced.kept?.keptMicros ?? 0n) > 0n}
            onOver={onOver}
          />
        )}
        {!recapping && 'Nothing is booked before you have seen all of it once more. '}
        Billed by the second, from the moment you can connect.{' '}
        {priced?.quote.reserved ? priced.quote.reserved.sentence : 'Ending before that is free.'}{' '}
        {puttingOut?.whyNot === null && puttingOut.sentence}
      </p>
    </Panel>
  );
}

const LEAST_MICROS = 5n * MICROS_PER_DOLLAR;

function AddMoney({ missing, provider }: { missing: bigint; provider: Provider | null }) {
  const whole = ((missing + MICROS_PER_DOLLAR - 1n) / MICROS_PER_DOLLAR) * MICROS_PER_DOLLAR;
  const amount = dollarsInput(whole > LEAST_MICROS ? whole : LEAST_MICROS);
  return (
    <div className="mt-4 rounded-lg border border-warn-line bg-warn-soft px-3.5 py-3">
      <p className="font-medium">
        <Money micros={missing} /> more is needed in your wallet
      </p>
      {provider === null ? (
        <p className="mt-1 text-sm">This market takes no payments yet. Contact its operators.</p>
      ) : provider.name === 'stripe' ? (
        <div className="mt-2 space-y-2">
          {provider.warning !== null && <p className="text-sm">{provider.warning}</p>}
          <LinkButton href={`/wallet?amount=${amount}`} target="_blank" rel="noopener">
            Add ${amount} in another tab
          </LinkButton>
        </div>
      ) : (
        <div className="mt-2 space-y-2">
          {provider.warning !== null && <p className="text-sm">{provider.warning}</p>}
          <div className="flex items-end gap-2">
            <InputField
              key={amount}
              name="amount"
              label="Amount"
              before="$"
              inputMode="decimal"
              autoComplete="off"
              defaultValue={amount}
              className="flex-1"
            />
            <SubmitButton name="intent" value="topUp" variant="secondary" pendingLabel="Adding…">
              Add money
            </SubmitButton>
          </div>
        </div>
      )}
    </div>
  );
}
