import Link from 'next/link';
import { cn } from '#components/ui/cn.ts';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { ThreadMessage } from '#lib/trust/queries/threads.ts';

type MessageListProps = {
  messages: readonly ThreadMessage[];
  /** Where a message of the other side is reported, given its id; without it, nothing can be. */
  reportHref?: ((id: string) => string) | undefined;
};

const ROLES = { renter: 'Renter', host: 'Host' } as const;

/** Messages of a thread, oldest first: the viewer's own at the right, the first unread one marked. What arrives is read out. */
export function MessageList({ messages, reportHref }: MessageListProps) {
  const firstUnread = messages.find((message) => message.unread)?.id;
  return (
    <div role="log" aria-label="Messages">
      <ol className="space-y-3">
        {messages.map((message) => (
          <li key={message.id} id={message.id} className="scroll-mt-20">
            {message.id === firstUnread && (
              <p className="mb-3 flex items-center gap-3 font-medium text-accent-ink text-xs before:h-px before:flex-1 before:bg-accent-line after:h-px after:flex-1 after:bg-accent-line">
                New
              </p>
            )}
            <Said message={message} reportHref={reportHref} />
          </li>
        ))}
      </ol>
    </div>
  );
}

function Said({ message, reportHref }: { message: ThreadMessage } & Pick<MessageListProps, 'reportHref'>) {
  const { own, side, authorName, text, sentAt, read, report } = message;
  return (
    <article className={cn('w-fit min-w-0 max-w-[min(100%,38rem)]', own && 'ml-auto')}>
      <header className={cn('mb-1 flex flex-wrap items-baseline gap-x-2 text-muted text-xs', own && 'justify-end')}>
        <span className="min-w-0 font-medium text-ink [overflow-wrap:anywhere]">{own ? 'You' : authorName}</span>
        <span>{ROLES[side]}</span>
        <TimeAgo at={sentAt} />
      </header>
      <p
        className={cn(
          'whitespace-pre-wrap rounded-lg border px-3 py-2 [overflow-wrap:anywhere]',
          own ? 'border-accent-line bg-accent-soft' : 'border-line bg-sunken',
        )}
      >
        {text}
      </p>
      <footer className={cn('mt-0.5 flex min-h-6 items-center gap-x-3 text-muted text-xs', own && 'justify-end')}>
        {own && <span>{read ? 'Seen' : 'Not seen yet'}</span>}
        {report !== null && <span>{report === 'open' ? 'Reported to staff' : 'Reported; staff looked at it'}</span>}
        {!own && report === null && reportHref !== undefined && (
          <Link className="link inline-flex min-h-6 items-center" href={reportHref(message.id)} prefetch={false}>
            Report<span className="sr-only"> this message of {authorName}</span>
          </Link>
        )}
      </footer>
    </article>
  );
}
