import Link from 'next/link';
import { MessageList } from '#components/thread/message-list.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld } from '#lib/base/time.ts';
import { threadOf } from '#lib/trust/queries/threads.ts';
import { MarkRead } from './mark-read.tsx';
import { MessageForm } from './message-form.tsx';

const SHOWN = 5;

/** The end of a booking's thread, for its renter or its host, with a field to write. */
export async function ThreadPanel({ actor, bookingId }: { actor: Actor; bookingId: string }) {
  const thread = await threadOf(actor, bookingId, { take: SHOWN }, theWorld.now());
  const href = `/bookings/${bookingId}/messages`;
  return (
    <Panel
      title={
        <span className="flex flex-wrap items-center gap-2">
          Messages {thread.unread > 0 && <Badge tone="accent">{thread.unread} unread</Badge>}
        </span>
      }
      label="Messages"
      description={
        <>
          Between you and <span className="[overflow-wrap:anywhere]">{thread.otherName}</span>.
        </>
      }
      actions={
        thread.messages.length > 0 && (
          <Link className="link inline-flex min-h-6 items-center text-sm" href={href} prefetch={false}>
            Whole thread
          </Link>
        )
      }
    >
      <div className="space-y-5">
        {thread.messages.length > 0 && (
          <MessageList messages={thread.messages} reportHref={(id) => `${href}?report=${id}`} />
        )}
        <MarkRead thread={thread} />
        <MessageForm thread={thread} />
      </div>
    </Panel>
  );
}
