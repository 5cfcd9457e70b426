import { lasts } from '#components/booking/lasts.ts';
import { TickingCost } from '#components/booking/ticking-cost.tsx';
import { duration } from '#components/ui/instant.ts';
import { Money } from '#components/ui/money.tsx';
import { Stat, Stats } from '#components/ui/stat.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { secondsBetween } from '#lib/base/time.ts';
import { BILLED_WORDS } from '#lib/bookings/booking-words.ts';
import { type Projection, projectionOf } from '#lib/bookings/projection.ts';
import { cameBack, type Rental } from '#lib/bookings/rental.ts';
import { runningCost } from '#lib/bookings/terms.ts';

const BY: Record<Projection['by'], string> = {
  time: 'its time is over',
  money: 'the money runs out',
  disk: 'its disk is deleted',
};
/** Its money is reckoned by the bid: what is above the clearing price comes back later, and pays again. */
const AT_THE_BID = 'at your full bid the money runs out';
const NONE = <span className="text-muted">—</span>;

/** What it costs an hour, what it cost so far, where that goes, and how long the money lasts: over every tab. */
export function CostMeter({ rental, now }: { rental: Rental; now: Date }) {
  return (
    <Stats className="mb-6">
      {rental.endedAt !== null ? (
        <Over rental={rental} />
      ) : rental.ahead ? (
        <Ahead rental={rental} />
      ) : (
        <Live rental={rental} now={now} />
      )}
    </Stats>
  );
}

/** Of a reserved window that has not begun: nothing is billed yet, so what it will be. */
function Ahead({ rental: { startsAt, endsAt, terms, cost } }: { rental: Rental }) {
  const seconds = secondsBetween(startsAt, endsAt);
  return (
    <>
      <Stat label="Begins" value={<TimeAgo at={startsAt} />} hint="nothing is billed before" />
      <Stat label="For" value={duration(seconds)} />
      <Stat
        label="Will cost"
        value={<Money micros={runningCost(terms, seconds)} />}
        hint={
          <>
            <Money micros={runningCost(terms, 3_600)} per="hour" />, GPU and disk
          </>
        }
      />
      <Stat label="Set aside" value={<Money micros={cost.heldMicros} />} hint="what is not used comes back" />
    </>
  );
}

function Live({ rental, now }: { rental: Rental; now: Date }) {
  const { cost } = rental;
  const back = cameBack(rental);
  const projected = projectionOf(rental, now);
  return (
    <>
      <Stat
        label="Costs now"
        value={<Money micros={cost.microsPerHour} per="hour" />}
        hint={rental.billable === 'nothing' ? 'nothing is billed' : BILLED_WORDS[rental.billable]}
      />
      <Stat
        label="Spent"
        value={
          <TickingCost
            micros={(cost.estimatedMicros - back).toString()}
            microsPerHour={cost.microsPerHour.toString()}
            mostMicros={(cost.chargedMicros + cost.heldMicros).toString()}
          />
        }
        hint={
          <>
            <Money micros={cost.chargedMicros} /> of it signed for
          </>
        }
      />
      <Stat
        label="Projected end"
        value={projected === null ? NONE : <TimeAgo at={projected.at} />}
        hint={
          projected === null ? (
            'once it is billed'
          ) : (
            <>
              {projected.by === 'money' && rental.kind === 'interruptible' ? AT_THE_BID : BY[projected.by]};{' '}
              <Money micros={projected.totalMicros - back} cents /> by then
            </>
          )
        }
      />
      <Stat label="The money lasts" value={moneyLasts(rental)} hint={sharing(rental)} />
    </>
  );
}

function moneyLasts({ cost: { runwaySeconds, lastsToEnd } }: Rental) {
  if (runwaySeconds === null) return NONE;
  return lastsToEnd ? 'to its end' : lasts(runwaySeconds);
}

function sharing({ besideRentals, capMicros, cost, kind }: Rental) {
  const beside =
    besideRentals === 0
      ? null
      : `beside ${besideRentals} other ${besideRentals === 1 ? 'booking' : 'bookings'} of yours`;
  const cap = capMicros === null ? null : <Money key="cap" micros={capMicros} />;
  if (cost.runwaySeconds === null) return cap === null ? 'nothing uses it now' : <>your cap is {cap}</>;
  return (
    <>
      {cap === null ? (beside ?? 'with what is in your wallet') : <>under your cap of {cap}</>}
      {cap !== null && beside !== null && `, ${beside}`}
      {kind === 'interruptible' && ', at your full bid: what comes back makes it last longer'}
    </>
  );
}

function Over({ rental }: { rental: Rental }) {
  const { cost, startedAt, endedAt } = rental;
  return (
    <>
      <Stat
        label="Cost in all"
        value={<Money micros={cost.chargedMicros - cameBack(rental)} />}
        hint={rental.settled ? 'by signed statements; final' : 'the last statements are awaited'}
      />
      <Stat
        label="From shell to end"
        value={startedAt === null || endedAt === null ? NONE : duration(secondsBetween(startedAt, endedAt))}
        hint={startedAt === null ? 'it was never usable' : undefined}
      />
      <Stat label="Ended" value={endedAt === null ? NONE : <TimeAgo at={endedAt} />} />
    </>
  );
}
