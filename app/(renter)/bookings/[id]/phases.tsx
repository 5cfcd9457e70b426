import { bookAgainHref } from '#components/booking/book-href.ts';
import { Callout } from '#components/ui/callout.tsx';
import { duration } from '#components/ui/instant.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { type Step, Steps } from '#components/ui/steps.tsx';
import { hasFailed, PHASES_TO_SHELL, type PhaseToShell, phaseReached, phaseTimes } from '#lib/bookings/phase.ts';
import type { Rental } from '#lib/bookings/rental.ts';
import type { BookingEvent } from '#lib/events/queries.ts';
import { PullBar } from './pull-bar.tsx';

const TITLES: Record<PhaseToShell, string> = {
  held: 'Money and GPU are held',
  accepted: 'The machine accepts',
  pulling: 'The image is pulled',
  starting: 'The container starts',
  connectable: 'The shell answers',
};

const USUALLY: Record<PhaseToShell, string> = {
  held: 'The machine is being told. Usually under a second.',
  accepted: 'The machine looks whether it has the image.',
  pulling: 'Asking the registry what the image is made of.',
  starting: 'Usually one or two seconds.',
  connectable: 'The way in is being tried.',
};

type PhasesProps = {
  rental: Rental;
  events: readonly BookingEvent[];
  /** How long it usually takes on this machine, image and all; null when nobody knows. */
  usualSeconds: number | null;
};

/** From a booking to its shell, phase by phase. Nothing is billed before the last one. */
export function Phases({ rental, events, usualSeconds }: PhasesProps) {
  const failed = hasFailed(rental);
  const at = phaseReached(rental);
  const times = phaseTimes(events);
  const steps = PHASES_TO_SHELL.map((phase, index): Step => {
    // Held is done as soon as it is booked: what is waited for then is the machine.
    const now = at === 0 ? 1 : at;
    return {
      title: TITLES[phase],
      state: index < now ? 'done' : index > now ? 'next' : failed ? 'failed' : 'now',
      ...(index < now && times[phase] !== undefined && { aside: `${times[phase].toFixed(1)} s` }),
    };
  });
  const again = rental.run > 1;
  return (
    <Panel
      title={failed ? 'It could not be started' : again ? 'Getting it ready again' : 'Getting it ready'}
      {...(!failed && {
        description: again
          ? 'Until the shell answers only the disk is billed.'
          : `Nothing is billed until the shell answers. ${rental.cancellation === null ? 'Ending before that is free.' : 'Giving its window back costs what its terms say, and nothing where its machine does not get it to run.'}${usually(usualSeconds)}`,
      })}
    >
      {failed && (
        <Callout
          tone="bad"
          title={rental.sentence ?? 'It failed.'}
          className="mb-5"
          action={
            <LinkButton size="sm" href={bookAgainHref(rental)}>
              Change and book again
            </LinkButton>
          }
        >
          {rental.reasonDetail !== null && <p className="font-mono text-xs">{rental.reasonDetail}</p>}
          {rental.startedAt === null && rental.cancellationMicros === 0n && (
            <p>Nothing was billed, and all that was set aside comes back.</p>
          )}
          {rental.cancellationMicros > 0n && (
            <p>
              What was to run in it gave its window back: by its terms <Money micros={rental.cancellationMicros} /> was
              paid for that. The rest of what was set aside comes back.
            </p>
          )}
        </Callout>
      )}
      <Steps label="From booking to shell" steps={steps} />
      {!failed && (
        <div className="mt-4 min-h-12 border-line border-t pt-3 text-sm">
          {rental.observed === 'pulling' && rental.progress !== null ? (
            <PullBar progress={rental.progress} />
          ) : (
            <p className="text-muted">{USUALLY[PHASES_TO_SHELL[at] ?? 'held']}</p>
          )}
        </div>
      )}
    </Panel>
  );
}

function usually(seconds: number | null): string {
  if (seconds === null) return '';
  return ` On this machine it usually takes ${seconds < 60 ? `${Math.max(1, Math.round(seconds))} s` : duration(seconds)}.`;
}
