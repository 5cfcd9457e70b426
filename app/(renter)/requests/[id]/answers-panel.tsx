import Link from 'next/link';
import { EnvironmentField } from '#components/booking/environment-field.tsx';
import { TrustBadge } from '#components/machine/trust-badge.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { exactly } from '#components/ui/instant.ts';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { formatDollars } from '#lib/base/money.ts';
import type { AnswerForRenter, StandingView } from '#lib/bookings/standing-view.ts';
import { timeWords } from '#lib/bookings/standing-words.ts';
import { placeLabel } from '#lib/catalogue/country.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import { accept } from '../actions.ts';

/** What hosts answered, the best price first. */
export function AnswersPanel({ request }: { request: StandingView }) {
  const waits = request.actions.includes('cancel');
  return (
    <Panel
      flush
      title="Answers of hosts"
      description={waits ? 'Offers to you only. Accepting one books it from that moment on.' : undefined}
    >
      {request.answers.length === 0 ? (
        <EmptyState kind="none" title={waits ? 'No answer yet' : 'Nobody answered'} className="py-8">
          {waits && 'You get a notice when a host answers.'}
        </EmptyState>
      ) : (
        <ul>
          {request.answers.map((answer) => (
            <Answer key={answer.id} answer={answer} request={request} waits={waits} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Answer({ answer, request, waits }: { answer: AnswerForRenter; request: StandingView; waits: boolean }) {
  const price = formatDollars(answer.priceMicrosPerGpuHour);
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 border-line border-t px-4 py-3.5 sm:px-5">
      <div className="min-w-0 flex-1 basis-56 space-y-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link href={`/gpus/${answer.listingId}`} className="link font-medium">
            {gpuLabel(answer.gpuCount, answer.gpuModel)}
          </Link>
          <TrustBadge tier={answer.trust} />
          {answer.simulated && <SimulatedBadge />}
        </p>
        <p className="text-muted text-sm [overflow-wrap:anywhere]">
          {placeLabel(answer.region, answer.country)} · {answer.machineName} · offered by {answer.hostName}
        </p>
        <p className="text-sm">
          {answer.whyNotAccept ?? (
            <>
              holds until {exactly(answer.expiresAt, 'UTC')} (<TimeAgo at={answer.expiresAt} />)
            </>
          )}
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 sm:justify-end sm:text-right">
        <p>
          <Money micros={answer.priceMicrosPerGpuHour} per="GPU-hour" className="font-semibold" />
          <span className="block text-muted text-sm">
            <Money micros={answer.wholeMicros} cents={answer.wholeMicros >= 10_000n} /> for{' '}
            {timeWords(request.durationSeconds)}
          </span>
        </p>
        {waits && answer.whyNotAccept === null && (
          <ConfirmDialog
            trigger="Accept…"
            variant="primary"
            title={`Book it for ${price} per GPU-hour?`}
            consequences={[
              `It begins now and ends in ${timeWords(request.durationSeconds)}. You can stop earlier.`,
              <span key="money">
                <Money micros={answer.wholeMicros} /> and a day of the disk are set aside. It is billed from when you
                can connect.
              </span>,
              'The request is closed, and the other answers with it.',
            ]}
            action={accept}
            hidden={{ answerId: answer.id }}
            confirmLabel="Accept and book"
            pendingLabel="Booking…"
          >
            <EnvironmentField hint="Sealed to the key of this machine: the market cannot read them, its host can." />
          </ConfirmDialog>
        )}
      </div>
    </li>
  );
}
