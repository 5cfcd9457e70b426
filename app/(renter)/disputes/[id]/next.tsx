import { Callout } from '#components/ui/callout.tsx';
import { exactly } from '#components/ui/instant.ts';
import { Money } from '#components/ui/money.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { Ending } from '#lib/trust/dispute.ts';
import type { Dispute } from '#lib/trust/queries/dispute.ts';

const HOW: Readonly<Record<Ending, string>> = {
  admin: 'An admin decided.',
  hostAccepted: 'The host accepted.',
  renterAccepted: 'The renter accepted the offer.',
  silence: 'The renter let the time pass.',
  withdrawn: 'The renter took it back.',
};

/** What happens next, until when, and what comes of silence; or how it ended. */
export function Next({ dispute }: { dispute: Dispute }) {
  if (dispute.turn === null) return <Over dispute={dispute} />;
  const { turn, side } = dispute;
  const mine = turn === side;
  return (
    <Callout tone={mine ? 'warn' : 'info'} className="mb-6" title={titleOf(dispute)}>
      <Silence dispute={dispute} />
      <p>Until it ends the money is kept apart: neither side has it.</p>
      {side === 'staff' && dispute.whyNotDecide !== null && <p>{dispute.whyNotDecide}</p>}
    </Callout>
  );
}

function titleOf({ turn, side, answerUntil }: Dispute) {
  if (turn === 'admin')
    return (
      <>
        An admin decides. It waits since <TimeAgo at={answerUntil} />.
      </>
    );
  const who = turn === side ? 'You are' : `The ${turn === 'host' ? 'host' : 'renter'} is`;
  return (
    <>
      {who} next, until {exactly(answerUntil, 'UTC')}.
    </>
  );
}

function Silence({ dispute: { turn, side, offeredMicros } }: { dispute: Dispute }) {
  if (turn === 'admin') return <p>Both sides can add something, or agree, until then.</p>;
  if (turn === 'host')
    return <p>{side === 'host' ? 'If you say' : 'If they say'} nothing by then, an admin decides.</p>;
  const silent = side === 'renter' ? 'If you say nothing by then, you get' : 'If they say nothing by then, they get';
  return (
    <p>
      {silent} {offeredMicros === null ? 'nothing, since nothing was offered' : <Money micros={offeredMicros} />}
      {offeredMicros !== null && ', what was offered'}.
    </p>
  );
}

function Over({ dispute: { outcome, givenMicros, how, about } }: { dispute: Dispute }) {
  return (
    <Callout tone="info" className="mb-6" title="It is decided.">
      <p>{HOW[how ?? 'admin']}</p>
      {outcome === 'none' ? (
        <p>Nothing came back to the renter. What was contested went back to host and platform.</p>
      ) : (
        <p>
          <Money micros={givenMicros ?? 0n} /> came back to the renter
          {about === 'use' ? ', as a credit on the bill and in the public log.' : '’s wallet.'}
          {outcome === 'part' && ' The rest went back to host and platform.'}
        </p>
      )}
    </Callout>
  );
}
