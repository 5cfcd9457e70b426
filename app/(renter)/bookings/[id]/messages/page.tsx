import { cache } from 'react';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { bookingCalls } from '#components/api/booking-calls.ts';
import { MessageList } from '#components/thread/message-list.tsx';
import { ActionForm } from '#components/ui/action-form.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { TextareaField } from '#components/ui/form-fields.tsx';
import { exactly } from '#components/ui/instant.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld } from '#lib/base/time.ts';
import { shortName } from '#lib/base/words.ts';
import { type Thread, type ThreadMessage, threadOf } from '#lib/trust/queries/threads.ts';
import { KEPT_DAYS, REPORT_CHARACTERS, WRITE_DAYS } from '#lib/trust/thread.ts';
import { openToStaff, report } from '../../../_thread/actions.ts';
import { MarkRead } from '../../../_thread/mark-read.tsx';
import { MessageForm } from '../../../_thread/message-form.tsx';
import { BookingFrame } from '../_frame/booking-frame.tsx';
import { loadRental } from '../_frame/load.ts';

type Props = {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ before?: string | string[]; report?: string | string[] }>;
};

const word = (value: string | string[] | undefined) =>
  typeof value === 'string' && /^\w{1,64}$/.test(value) ? value : undefined;

/** The thread; null for an admin who has not said yet why they read it. */
const load = cache(async (id: string, before: string | undefined): Promise<Thread | null> => {
  try {
    return await seen(threadOf(await requireActor(), id, { before }, theWorld.now()));
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'forbidden') return null;
    throw error;
  }
});

export async function generateMetadata({ params, searchParams }: Props) {
  const thread = await load((await params).id, word((await searchParams).before));
  return { title: thread === null ? 'Messages' : `Messages: ${shortName(thread.bookingName)}` };
}

export default async function MessagesPage({ params, searchParams }: Props) {
  const { id } = await params;
  const asked = await searchParams;
  const thread = await load(id, word(asked.before));
  if (thread === null) return <SayWhy bookingId={id} />;
  const href = `/bookings/${id}/messages`;
  const reported = thread.messages.find((message) => message.id === word(asked.report) && !message.own);
  const earlier = word(asked.before) !== undefined;
  const body = (
    <Panel title="Thread" description={thread.side === 'staff' ? undefined : `With ${shortName(thread.otherName)}.`}>
      <div className="space-y-5">
        {thread.before !== null && (
          <LinkButton size="sm" href={`${href}?before=${thread.before}`}>
            Earlier messages
          </LinkButton>
        )}
        {earlier && (
          <LinkButton size="sm" href={href}>
            Newest messages
          </LinkButton>
        )}
        {thread.messages.length === 0 ? (
          <EmptyState kind="first" title="Nothing was written yet">
            <p>Ask what you need to know. The other side is told on the bell and by mail.</p>
          </EmptyState>
        ) : (
          <MessageList
            messages={thread.messages}
            reportHref={thread.side === 'staff' ? undefined : (message) => `${href}?report=${message}#report`}
          />
        )}
        {!earlier && <MarkRead thread={thread} />}
        {!earlier && <MessageForm thread={thread} />}
      </div>
    </Panel>
  );
  const aside = (
    <>
      {reported !== undefined && reported.report === null && <ReportPanel bookingId={id} message={reported} />}
      <WhoReads thread={thread} />
      <AsApiCall calls={[bookingCalls.thread(id), bookingCalls.write(id)]} />
    </>
  );
  if (thread.side === 'renter')
    return (
      <BookingFrame rental={await loadRental(id)} tab="/messages" aside={aside}>
        {body}
        {thread.writableUntil !== null && <LiveRefresh url="/api/v1/events" events={['change']} />}
      </BookingFrame>
    );
  return (
    <>
      <PageHeader
        title={thread.side === 'staff' ? `Messages about ${thread.bookingName}` : `Messages with ${thread.otherName}`}
        trail={trailOf(thread)}
        lede={
          thread.side === 'staff'
            ? 'Renter and host see that you opened it, and why.'
            : `About “${thread.bookingName}” on ${thread.machine.name}.`
        }
      />
      <LiveRefresh url="/api/v1/events" events={['change']} />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,22rem)]">
        {body}
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">{aside}</div>
      </div>
    </>
  );
}

function ReportPanel({ bookingId, message }: { bookingId: string; message: ThreadMessage }) {
  return (
    <Panel title="Report this message" id="report">
      <blockquote className="mb-4 max-h-40 overflow-y-auto whitespace-pre-wrap border-line border-l-2 pl-3 text-muted text-sm [overflow-wrap:anywhere]">
        {message.text}
      </blockquote>
      <ActionForm action={report} className="space-y-3">
        <input type="hidden" name="bookingId" value={bookingId} />
        <input type="hidden" name="messageId" value={message.id} />
        <TextareaField
          name="reason"
          label="What is wrong with it"
          hint="Staff see this one message and your reason. The other side is not told."
          required
          rows={3}
          maxLength={REPORT_CHARACTERS}
        />
        <div className="flex flex-wrap gap-2">
          <SubmitButton size="sm" pendingLabel="Reporting…">
            Report
          </SubmitButton>
          <LinkButton size="sm" href={`/bookings/${bookingId}/messages`}>
            Go back
          </LinkButton>
        </div>
      </ActionForm>
    </Panel>
  );
}

function WhoReads({ thread }: { thread: Thread }) {
  return (
    <Panel title="Who reads this">
      <ul className="list-disc space-y-1.5 pl-5 text-sm marker:text-muted">
        <li>Renter and host of this rental, and nobody else.</li>
        <li>Staff only when the charge is disputed. Then it stands among what happened, with the reason.</li>
        <li>
          {thread.writableUntil === null
            ? `You can write until ${WRITE_DAYS} days after the end.`
            : `You can write until ${exactly(thread.writableUntil, 'UTC')}.`}{' '}
          It is deleted {KEPT_DAYS} days after the end of the rental, of its bill and of any dispute.
        </li>
        <li>The market keeps it on its own disk: it is not sealed, as your variables are.</li>
      </ul>
    </Panel>
  );
}

function trailOf({ side, bookingId, bookingName, machine }: Thread) {
  if (side === 'staff') return [{ href: `/admin/bookings/${bookingId}`, label: bookingName }];
  return [
    { href: '/messages', label: 'Messages' },
    { href: `/host/machines/${machine.id}`, label: machine.name },
  ];
}

/** An admin says why before they read. */
function SayWhy({ bookingId }: { bookingId: string }) {
  return (
    <>
      <PageHeader
        title="Messages of renter and host"
        trail={[{ href: `/admin/bookings/${bookingId}`, label: 'Booking' }]}
        lede="The charge is disputed, so staff may read this thread. Renter and host see that you did."
      />
      <Panel title="Why do you read it?" className="max-w-[40rem]">
        <ActionForm action={openToStaff} className="space-y-3">
          <input type="hidden" name="bookingId" value={bookingId} />
          <TextareaField
            name="reason"
            label="Reason"
            hint="It goes into the audit trail and to both sides. The thread is open to you for an hour."
            required
            rows={3}
            maxLength={REPORT_CHARACTERS}
          />
          <SubmitButton pendingLabel="Opening…">Open the thread</SubmitButton>
        </ActionForm>
      </Panel>
    </>
  );
}
