import { CircleDot } from 'lucide-react';
import { requireActor } from '#app/_edge/actor.ts';
import { ActionForm } from '#components/ui/action-form.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { type NoticeRow, noticesOfViewer, unreadCount } from '#lib/notices/queries.ts';
import { type Asked, textOf } from '../_parts/next-field.tsx';
import { openNotice, readAll } from './actions.ts';

export const metadata = { title: 'Notices' };

export default async function NoticesPage({ searchParams }: { searchParams: Asked }) {
  const actor = await requireActor();
  const after = await textOf(searchParams, 'after');
  const [page, unread] = await Promise.all([
    noticesOfViewer(actor, { after: after === '' ? undefined : after }),
    unreadCount(actor),
  ]);
  const newest = page.rows[0]?.id;
  return (
    <>
      <PageHeader
        title="Notices"
        lede="What you should know about your rentals, your machines and your account. What matters most is mailed too."
        actions={
          unread > 0 && after === '' && newest !== undefined ? (
            <ActionForm action={readAll}>
              <input type="hidden" name="upTo" value={newest} />
              <SubmitButton variant="secondary">Mark all as read</SubmitButton>
            </ActionForm>
          ) : undefined
        }
      />
      {page.rows.length === 0 ? (
        <EmptyState kind="first" title="No notices yet">
          <p>You hear here when a rental is ready, when money runs low, and when something happens to your machines.</p>
        </EmptyState>
      ) : (
        <Panel flush>
          <ul className="divide-y divide-line">
            {page.rows.map((notice) => (
              <Row key={notice.id} notice={notice} />
            ))}
          </ul>
        </Panel>
      )}
      <Pagination
        label="Pages of notices"
        firstHref={after === '' ? null : '/notices'}
        nextHref={page.next === null ? null : `/notices?after=${page.next}`}
      />
    </>
  );
}

function Row({ notice }: { notice: NoticeRow }) {
  const unread = notice.readAt === null;
  return (
    <li className="flex gap-3 px-4 py-3 sm:px-5">
      <CircleDot aria-hidden className={`mt-1 size-3.5 shrink-0 text-accent ${unread ? '' : 'invisible'}`} />
      <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4">
          <h2 className={unread ? 'font-semibold' : 'font-medium'}>
            {unread && <span className="sr-only">Unread: </span>}
            {notice.title}
          </h2>
          <TimeAgo at={notice.createdAt} className="text-muted text-xs" />
        </div>
        {notice.body !== '' && <p className="max-w-[44rem] text-muted text-sm">{notice.body}</p>}
        {(notice.link !== null || unread) && (
          <ActionForm action={openNotice} className="mt-1.5">
            <input type="hidden" name="id" value={notice.id} />
            {notice.link !== null && <input type="hidden" name="link" value={notice.link} />}
            <SubmitButton
              variant="secondary"
              size="sm"
              aria-label={`${notice.link === null ? 'Mark as read' : 'Open'}: ${notice.title}`}
            >
              {notice.link === null ? 'Mark as read' : 'Open'}
            </SubmitButton>
          </ActionForm>
        )}
      </div>
    </li>
  );
}
