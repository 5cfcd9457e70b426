import { InfoTip } from '#components/ui/info-tip.tsx';
import { Money } from '#components/ui/money.tsx';
import { Stat, Stats } from '#components/ui/stat.tsx';
import { OCCUPANCY_SENTENCE } from '#lib/catalogue/occupancy.ts';
import { formatBasisPoints } from '#lib/catalogue/quantity.ts';
import { type Earnings, spanWords } from '#lib/receipts/earnings.ts';

/** From what renters paid to what is the host's, in the order in which it is taken off. */
export function EarningStats({ earnings }: { earnings: Earnings }) {
  const { total, span, running } = earnings;
  return (
    <section aria-label={`Earned in ${spanWords(span)}`}>
      <p className="mb-2 text-muted text-sm">
        {spanWords(span)}
        {running && ', so far'}. Months are those of UTC.
      </p>
      <Stats>
        <Stat
          label="Gross"
          value={<Money micros={total.grossMicros} />}
          hint={`${total.rentals} ${total.rentals === 1 ? 'rental' : 'rentals'}`}
        />
        <Stat label="Fee" value={<Money micros={-total.feeMicros} />} hint="the platform’s share" />
        <Stat label="Refunds" value={<Money micros={-total.refundedMicros} />} hint="your part of what went back" />
        {total.contestedMicros !== 0n && (
          <Stat label="Contested" value={<Money micros={-total.contestedMicros} />} hint="undecided, or lost" />
        )}
        <Stat label="Net" value={<Money micros={total.netMicros} />} hint="yours" />
        <Stat
          label={
            <>
              Occupancy <InfoTip about="occupancy" text={OCCUPANCY_SENTENCE} />
            </>
          }
          value={total.occupancyBasisPoints === null ? '—' : formatBasisPoints(total.occupancyBasisPoints)}
          hint={<Hours rented={total.rentedGpuSeconds} offered={total.offeredGpuSeconds} />}
        />
      </Stats>
    </section>
  );
}

/** "12 of 480 GPU-hours". */
export function Hours({ rented, offered }: { rented: number; offered: number }) {
  if (offered === 0) return <>nothing was offered</>;
  return (
    <>
      {hours(rented)} of {hours(offered)} GPU-hours
    </>
  );
}

function hours(seconds: number): string {
  const exact = seconds / 3_600;
  return exact.toLocaleString('en', { maximumFractionDigits: exact < 10 ? 1 : 0 });
}
