'use client';

import { useId, useState } from 'react';
import { Callout } from '#components/ui/callout.tsx';
import { FactList } from '#components/ui/fact-list.tsx';
import { Money } from '#components/ui/money.tsx';
import type { VerifiedBill } from '#protocol/verify-bill.ts';

type Outcome =
  | { readonly state: 'none' | 'working' }
  | { readonly state: 'right'; readonly bill: VerifiedBill; readonly known: boolean }
  | { readonly state: 'wrong'; readonly record: string; readonly why: string };

/** Verifies a bill's file with the code of `sublet verify`, loaded when it is needed. */
export function CheckBill({ logKey }: { logKey: string | null }) {
  const id = useId();
  const [outcome, setOutcome] = useState<Outcome>({ state: 'none' });

  async function check(file: File | undefined) {
    if (file === undefined) return;
    setOutcome({ state: 'working' });
    const { checkFile } = await import('./check-file.ts');
    setOutcome(await checkFile(file, logKey));
  }

  return (
    <div className="space-y-4">
      <div>
        <label htmlFor={id} className="mb-1.5 block font-medium text-sm">
          A bill’s file (sublet-bill-….json)
        </label>
        <input
          id={id}
          type="file"
          accept="application/json,.json"
          className="block w-full max-w-md text-sm file:mr-3 file:min-h-9 file:rounded-md file:border file:border-line-control file:bg-surface file:px-3"
          onChange={(event) => void check(event.target.files?.[0])}
        />
        <noscript>
          <p className="mt-2 text-muted text-sm">This needs JavaScript; “npx sublet verify” does not need a browser.</p>
        </noscript>
      </div>
      <div aria-live="polite">
        {outcome.state === 'working' && <p className="text-muted">Checking every signature…</p>}
        {outcome.state === 'wrong' && (
          <Callout tone="bad" title={`Wrong: ${outcome.record}`}>
            {outcome.why}
          </Callout>
        )}
        {outcome.state === 'right' && <Right bill={outcome.bill} known={outcome.known} />}
      </div>
    </div>
  );
}

function Right({ bill, known }: { bill: VerifiedBill; known: boolean }) {
  const { totals, terms } = bill;
  return (
    <>
      <Callout tone="good" title={`The bill adds up${bill.final ? '' : ' so far'}`}>
        {bill.statements} {bill.statements === 1 ? 'statement' : 'statements'} in one chain, each signed by the machine
        and in the log
        {bill.notYetLogged > 0 && ` but for the newest ${bill.notYetLogged}`}; every amount recomputed.
        {!known && ' It is of another market’s log, whose key was taken from the file.'}
      </Callout>
      <FactList
        className="mt-3 max-w-md"
        facts={[
          { label: 'Booking', value: bill.bookingId },
          {
            label: 'GPU time',
            value: `${totals.gpuSeconds} GPU-s`,
            hint: <Money micros={terms.priceMicrosPerGpuHour} per="GPU-hour" />,
          },
          {
            label: 'Countersigned',
            value: bill.countersigned === null ? 'host only' : `up to statement ${bill.countersigned.sequence}`,
          },
          { label: 'Charged', value: <Money micros={totals.chargedMicros} /> },
          { label: 'Of which to the host', value: <Money micros={totals.hostMicros} /> },
          { label: 'Of which fee', value: <Money micros={totals.feeMicros} /> },
          { label: 'Given back', value: <Money micros={totals.refundedMicros} /> },
          ...(bill.givenBack === null
            ? []
            : [
                {
                  label: 'For giving the window back',
                  value: <Money micros={bill.givenBack.micros} />,
                  hint: 'By its terms.',
                },
              ]),
          { label: 'Entries in the log', value: bill.logSize },
        ]}
      />
    </>
  );
}
