import { lasts } from '#components/booking/lasts.ts';
import { TickingCost } from '#components/booking/ticking-cost.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { type Fact, FactList } from '#components/ui/fact-list.tsx';
import { duration } from '#components/ui/instant.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { BILLED_WORDS } from '#lib/bookings/booking-words.ts';
import { cameBack, type Rental } from '#lib/bookings/rental.ts';

const SOON_SECONDS = 3_600;
const NONE = <span className="text-muted">—</span>;

/** What it costs, what it cost so far, and how long the money lasts. The same lines in every state, so that nothing jumps. */
export function CostPanel({ rental }: { rental: Rental }) {
  const { cost } = rental;
  const over = rental.endedAt !== null;
  return (
    <Panel
      title="Cost"
      actions={
        <LinkButton size="sm" href={`/bookings/${rental.id}/bill`}>
          Bill
        </LinkButton>
      }
    >
      <FactList facts={over ? finalFacts(rental) : runningFacts(rental)} />
      {!over &&
        rental.billable === 'gpuAndDisk' &&
        cost.runwaySeconds !== null &&
        !cost.lastsToEnd &&
        cost.runwaySeconds < SOON_SECONDS && <RunsOut rental={rental} seconds={cost.runwaySeconds} />}
    </Panel>
  );
}

function runningFacts(rental: Rental): Fact[] {
  const { cost } = rental;
  return [
    {
      label: 'So far',
      value: (
        <TickingCost
          micros={(cost.estimatedMicros - cameBack(rental)).toString()}
          microsPerHour={cost.microsPerHour.toString()}
          mostMicros={(cost.chargedMicros + cost.heldMicros).toString()}
        />
      ),
      hint: (
        <>
          <Money micros={cost.chargedMicros} /> by signed statements
        </>
      ),
    },
    { label: 'Billed now', value: BILLED_WORDS[rental.billable] },
    { label: 'Costs now', value: <Money micros={cost.microsPerHour} per="hour" /> },
    { label: 'Set aside', value: <Money micros={cost.heldMicros} />, hint: 'What is not used comes back.' },
    { label: 'Your cap', value: rental.capMicros === null ? 'none' : <Money micros={rental.capMicros} /> },
    { label: 'The money lasts', value: moneyLasts(cost) },
    untilWhen(rental),
    ...givenBack(rental),
    ...refunded(rental),
  ];
}

function moneyLasts({ runwaySeconds, lastsToEnd }: Rental['cost']) {
  if (runwaySeconds === null) return NONE;
  return lastsToEnd ? 'to its end' : lasts(runwaySeconds);
}

function finalFacts(rental: Rental): Fact[] {
  const { cost, capMicros, startedAt, endedAt, createdAt } = rental;
  return [
    { label: 'In all', value: <Money micros={cost.chargedMicros - cameBack(rental)} />, hint: 'by signed statements' },
    ...givenBack(rental),
    ...(cost.heldMicros === 0n ? [] : [{ label: 'Still set aside', value: <Money micros={cost.heldMicros} /> }]),
    ...refunded(rental),
    ...(capMicros === null ? [] : [{ label: 'Your cap', value: <Money micros={capMicros} /> }]),
    { label: 'Booked', value: <TimeAgo at={createdAt} /> },
    { label: 'Usable', value: startedAt === null ? 'never' : <TimeAgo at={startedAt} /> },
    { label: 'Ended', value: endedAt === null ? NONE : <TimeAgo at={endedAt} /> },
  ];
}

function refunded({ kind, cost }: Rental): Fact[] {
  if (kind === 'interruptible' && cost.refundedMicros > 0n)
    return [
      {
        label: 'Came back',
        value: <Money micros={cost.refundedMicros} />,
        hint: 'Statements are charged by the bid; what is above the clearing price comes back every quarter of an hour.',
      },
    ];
  return cost.refundedMicros === 0n ? [] : [{ label: 'Refunded', value: <Money micros={cost.refundedMicros} /> }];
}

/** Apart from use: no machine states it, it follows from the terms. */
function givenBack({ cancellationMicros, cancellationRefundedMicros }: Rental): Fact[] {
  if (cancellationMicros === 0n) return [];
  return [
    {
      label: 'For giving it back',
      value: <Money micros={cancellationMicros} />,
      hint:
        cancellationRefundedMicros === 0n ? (
          'By the cancellation terms of the reserved window.'
        ) : (
          <>
            By the cancellation terms of the reserved window; <Money micros={cancellationRefundedMicros} /> of it came
            back.
          </>
        ),
    },
  ];
}

function untilWhen(rental: Rental) {
  if (rental.desired === 'running')
    return {
      label: rental.ahead
        ? 'GPU is yours from'
        : rental.kind === 'interruptible'
          ? 'GPU is yours until it yields, at most'
          : 'GPU is yours until',
      value: <TimeAgo at={rental.ahead ? rental.startsAt : rental.endsAt} />,
    };
  return {
    label: 'Disk is kept until',
    value: rental.diskUntil === null ? NONE : <TimeAgo at={rental.diskUntil} />,
  };
}

function RunsOut({ rental, seconds }: { rental: Rental; seconds: number }) {
  const { capMicros, cost } = rental;
  const byCap = capMicros !== null && cost.chargedMicros + cost.heldMicros >= capMicros;
  return (
    <Callout
      tone="warn"
      title={byCap ? 'It reaches your cap soon' : 'The money runs out soon'}
      className="mt-4"
      action={
        !byCap && (
          <LinkButton href="/wallet" size="sm">
            Top up
          </LinkButton>
        )
      }
    >
      It lasts for about {duration(seconds)}. Then the GPU is given back and the disk is kept for a day.
    </Callout>
  );
}
