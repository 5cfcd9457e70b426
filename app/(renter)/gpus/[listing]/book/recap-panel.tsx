'use client';

import { useEffect, useRef } from 'react';
import { Callout } from '#components/ui/callout.tsx';
import { FactGroups } from '#components/ui/fact-list.tsx';
import { duration, exactly } from '#components/ui/instant.ts';
import { Money } from '#components/ui/money.tsx';
import type { Recap } from '#lib/bookings/booking-typed.ts';
import { commandLine } from '#lib/bookings/command-line.ts';
import type { Priced } from '#lib/bookings/priced.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import { formatBytes } from '#lib/catalogue/quantity.ts';
import { formatSpan } from '#lib/catalogue/span-words.ts';
import type { ShownKey } from './key-fields.tsx';

type RecapPanelProps = {
  recap: Recap;
  priced: Priced;
  machine: string;
  keys: readonly ShownKey[];
  /** The price that was kept ran out, and the new one is another. */
  changed: boolean;
};

/** What the five minutes are worth, exactly: who may take the money meanwhile, and who may not. */
function keptSentence({ kept }: Priced): string {
  if (kept === null || kept.keptMicros === 0n)
    return 'The money for it is no longer kept: a job, a bid or a standing request of yours that begins meanwhile may take it. Change something and review it again to keep it for five more minutes.';
  return 'As long as this price is kept, that money is kept in your wallet, too: no job, bid or standing request of yours takes it. Only what runs already, or what you book by hand, goes first.';
}

/** All that is about to be booked, and what follows from it, before the press that books. */
export function RecapPanel({ recap, priced, machine, keys, changed }: RecapPanelProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const { quote } = priced;
  const { terms, reserved } = quote;
  const mono = (words: string) => <span className="font-mono text-xs">{words}</span>;
  return (
    <section
      aria-labelledby="recap-title"
      className="min-w-0 rounded-xl border border-accent-line bg-surface px-4 py-4 sm:px-5"
    >
      <h2 id="recap-title" ref={heading} tabIndex={-1} className="font-semibold text-lg">
        Look at it once more
      </h2>
      <p className="mb-4 text-muted text-sm">Nothing is booked yet.</p>
      {changed && (
        <Callout tone="warn" title="The price is another one now" className="mb-4">
          The price that was kept for you ran out. What stands beside this is the new one.
        </Callout>
      )}
      <FactGroups
        groups={[
          {
            title: 'What you get',
            facts: [
              { label: 'GPUs', value: gpuLabel(terms.gpuCount, terms.gpuModel) },
              { label: 'Machine', value: machine },
              { label: 'Disk', value: formatBytes(terms.diskBytes) },
              {
                label: 'CPU and memory',
                value: `${(terms.limits.cpuMillis / 1_000).toFixed(1).replace(/\.0$/, '')} threads, ${formatBytes(terms.limits.memoryBytes)}`,
              },
            ],
          },
          {
            title: 'What runs',
            facts: [
              { label: 'Image', value: mono(recap.image) },
              { label: 'Command', value: recap.command === null ? 'a shell only' : mono(commandLine(recap.command)) },
              {
                label: 'Variables',
                value: recap.variables.length === 0 ? 'none' : mono(recap.variables.join(', ')),
                hint: recap.variables.length === 0 ? undefined : 'sealed to this machine',
              },
              { label: 'Name', value: recap.name === '' ? 'taken from the image' : recap.name },
              {
                label: 'SSH key',
                value: recap.newKey ? 'the one you typed' : keys.map(({ name }) => name).join(', '),
                hint: recap.newKey ? 'it is added to your account' : undefined,
              },
            ],
          },
          {
            title: 'When, and for how much',
            facts: [
              { label: 'Begins', value: reserved === null ? 'now' : exactly(reserved.startsAt, 'UTC') },
              {
                label: 'Ends',
                value:
                  quote.whole === null
                    ? 'when you stop it'
                    : `after ${duration(quote.whole.seconds).replace(/ 00 min$| 0 h$/, '')}`,
                hint: `${exactly(quote.endsAt, 'UTC')} at the latest`,
              },
              { label: 'Per hour', value: <Money micros={quote.perHour.micros} /> },
              ...(quote.whole === null
                ? []
                : [{ label: 'The whole time', value: <Money micros={quote.whole.micros} /> }]),
              { label: 'Your cap', value: recap.capMicros === null ? 'none' : <Money micros={recap.capMicros} /> },
            ],
          },
        ]}
      />
      <h3 className="mt-5 font-semibold text-sm">What follows from it</h3>
      <ul className="mt-1 list-disc space-y-1 pl-5 text-sm marker:text-muted">
        {priced.heldMicros !== null && (
          <li>
            <Money micros={priced.heldMicros} /> of your wallet is set aside when you book. What is not used comes back.
          </li>
        )}
        <li>{keptSentence(priced)}</li>
        <li>
          {reserved === null
            ? 'It is billed by the second, from the moment you can connect. Until then it costs nothing, and ending it is free.'
            : reserved.sentence}
        </li>
        {quote.puttingOut !== null && <li>{quote.puttingOut.sentence}</li>}
        <li>
          When its time, its cap or your money is over, the GPUs go back and the disk is kept for{' '}
          {duration(quote.hold.diskKeptSeconds).replace(/ 00 min$/, '')}; then it is deleted.
        </li>
        {terms.maintenanceNoticeSeconds !== undefined && (
          <li>Its host may announce maintenance {formatSpan(terms.maintenanceNoticeSeconds)} before: it ends there.</li>
        )}
        <li>Its host may break it off with an hour of notice, in which nothing is billed.</li>
        <li>These prices and terms are frozen when you book, whatever the host changes later.</li>
        <li>Whoever runs the machine could look into it: keep secrets away from machines that you do not trust.</li>
      </ul>
    </section>
  );
}
