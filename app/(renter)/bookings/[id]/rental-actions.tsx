import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { exactly } from '#components/ui/instant.ts';
import { Money } from '#components/ui/money.tsx';
import { formatDollars } from '#lib/base/money.ts';
import type { Rental } from '#lib/bookings/rental.ts';
import { seenCancellation } from '#lib/bookings/reserved.ts';
import { runningCost } from '#lib/bookings/terms.ts';
import { end, extend, start, stop } from './actions.ts';

/** Start, extend, stop, end: each with what it costs and loses, and only when the command would accept it. */
export function RentalActions({ rental, stoppedMicrosPerDay }: { rental: Rental; stoppedMicrosPerDay: bigint }) {
  const may = new Set(rental.actions);
  const hidden = { bookingId: rental.id };
  const unused = rental.startedAt === null;
  const due = rental.cancellation?.dueMicros ?? 0n;
  const seen =
    rental.cancellation === null ? {} : { seenCancellationMicros: seenCancellation(rental.cancellation).toString() };
  return (
    <>
      {(may.has('start') || rental.start !== null) && (
        <ConfirmDialog
          trigger="Start…"
          variant="primary"
          disabledReason={rental.start?.whyNot ? cannotStart(rental.start.whyNot.reason, rental.gpuCount) : null}
          title="Start it again?"
          consequences={[
            rental.start?.endsAt
              ? `GPUs of the same machine are taken, for as long as you say: until ${exactly(rental.start.endsAt, 'UTC')} at most.`
              : 'GPUs of the same machine are taken, if they are free.',
            <span key="price">
              While it runs it costs <Money micros={runningCost(rental.terms, 3_600)} per="hour" />, as booked.
            </span>,
          ]}
          action={start}
          hidden={hidden}
          confirmLabel="Start"
          pendingLabel="Starting…"
        >
          <InputField
            name="hours"
            label="For how long"
            after="hours"
            inputMode="decimal"
            autoComplete="off"
            optional
            hint="Empty: until you stop it, at most 30 days."
            maxLength={8}
          />
          {rental.capMicros !== null && (
            <InputField
              name="cap"
              label="New cap"
              before="$"
              inputMode="decimal"
              autoComplete="off"
              optional
              hint="Over the whole booking. Empty keeps the present one."
              maxLength={20}
            />
          )}
        </ConfirmDialog>
      )}
      {may.has('extend') && (
        <ConfirmDialog
          trigger="Extend…"
          variant="secondary"
          title="Extend this booking?"
          consequences={[
            `Now the GPU is yours until ${exactly(rental.endsAt, 'UTC')}.`,
            'It stays yours for longer if nobody took it for that time and the host still offers it.',
            `Each hour costs ${formatDollars(runningCost(rental.terms, 3_600))}, as booked. Time that you do not use costs nothing${rental.cancellation === null ? '' : ' beyond what the cancellation terms ask, which then count for the longer window'}.`,
          ]}
          action={extend}
          hidden={{ ...hidden, from: rental.endsAt.toISOString() }}
          confirmLabel="Extend"
          pendingLabel="Extending…"
        >
          <InputField
            name="hours"
            label="Longer by"
            after="hours"
            inputMode="decimal"
            autoComplete="off"
            defaultValue="1"
            required
            maxLength={8}
          />
        </ConfirmDialog>
      )}
      {may.has('stop') && (
        <ConfirmDialog
          trigger="Stop…"
          variant="secondary"
          title="Stop this booking?"
          consequences={[
            'Programs in it end. The GPU goes back, and somebody else may take it.',
            ...(due > 0n ? [givenBack(rental)] : []),
            <span key="disk">
              The disk is kept, for <Money micros={stoppedMicrosPerDay} per="day" />. Nothing else is billed.
            </span>,
          ]}
          action={stop}
          hidden={{ ...hidden, ...seen }}
          confirmLabel="Stop"
          pendingLabel="Stopping…"
        />
      )}
      {may.has('unlockEnd') && (
        <Button variant="danger" disabledReason="Locked: unlock it in Settings.">
          {rental.ahead ? 'Give back…' : 'End…'}
        </Button>
      )}
      {may.has('cancel') && (
        <ConfirmDialog
          trigger="Give back…"
          title="Give this window back?"
          consequences={[
            givenBack(rental),
            'The GPUs are free for others at once. To have them again you reserve anew.',
          ]}
          action={end}
          hidden={{ ...hidden, seenCancellationMicros: (rental.cancellation?.dueMicros ?? 0n).toString() }}
          confirmLabel="Give back"
          pendingLabel="Giving back…"
        />
      )}
      {may.has('end') && !may.has('cancel') && (
        <ConfirmDialog
          trigger="End…"
          title="End this booking?"
          consequences={
            due > 0n
              ? [givenBack(rental), 'Programs in it end and its disk is deleted. This cannot be undone.']
              : unused
                ? [
                    'Nothing was billed. All that was set aside comes back.',
                    ...(rental.puttingOut === null ? [] : [rental.puttingOut]),
                  ]
                : [
                    'Programs in it end and its disk is deleted. This cannot be undone.',
                    'What was set aside and not used comes back.',
                  ]
          }
          action={end}
          hidden={{ ...hidden, ...seen }}
          confirmLabel="End booking"
          pendingLabel="Ending…"
        />
      )}
    </>
  );
}

/** What giving a reserved window back costs now, and what comes back. */
function givenBack(rental: Rental) {
  const due = rental.cancellation?.dueMicros ?? 0n;
  if (due === 0n) return 'It costs nothing now. All that was set aside comes back.';
  return (
    <span key="due">
      By its terms <Money micros={due} /> is paid for that, to the host and of that the fee of this market. What is left
      of what was set aside comes back.
    </span>
  );
}

/** In a few words, for a button: the page says the whole of it. */
function cannotStart(reason: string, gpuCount: number): string {
  if (reason === 'gpuTaken') return gpuCount === 1 ? 'Its GPU is taken.' : 'Its GPUs are taken.';
  return 'Its machine cannot be rented now.';
}
