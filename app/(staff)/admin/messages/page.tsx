import Link from 'next/link';
import { requireAdminPage } from '#app/_edge/actor.ts';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { TextareaField } from '#components/ui/form-fields.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { type MessageReportRow, messageReports } from '#lib/trust/queries/threads.ts';
import { REPORT_CHARACTERS } from '#lib/trust/thread.ts';
import { nextHref, one, type SearchParams } from '../ask.ts';
import { DeskTabs } from '../desk-tabs.tsx';
import { closeReport } from './actions.ts';

export const metadata = { title: 'Reported messages' };

const HERE = '/admin/messages';

export default async function ReportedMessagesPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await requireAdminPage();
  const params = await searchParams;
  const state = one(params, 'state') === 'closed' ? 'closed' : 'open';
  const after = one(params, 'after');
  const reports = await messageReports(actor, { state, after });
  return (
    <>
      <PageHeader
        title="Reported messages"
        lede="Messages between renters and hosts that somebody showed to staff: those, and no others."
      />
      <DeskTabs current={HERE} />
      <Tabs
        label="Reported messages"
        tabs={[
          { href: HERE, label: 'Open', current: state === 'open' },
          { href: `${HERE}?state=closed`, label: 'Closed', current: state === 'closed' },
        ]}
      />
      {reports.rows.length === 0 ? (
        <EmptyState kind="none" title={state === 'open' ? 'Nothing is reported' : 'Nothing was closed yet'} />
      ) : (
        <ul className="mt-4 space-y-4">
          {reports.rows.map((report) => (
            <li key={report.id}>
              <Report report={report} />
            </li>
          ))}
        </ul>
      )}
      <Pagination
        label="Pages of reported messages"
        firstHref={after === '' ? null : `${HERE}?state=${state}`}
        nextHref={nextHref(HERE, { state }, reports.next) ?? null}
      />
    </>
  );
}

function Report({ report }: { report: MessageReportRow }) {
  const person = ({ id, name }: { id: string; name: string }) => (
    <Link className="link [overflow-wrap:anywhere]" href={`/admin/people/${id}`} prefetch={false}>
      {name}
    </Link>
  );
  return (
    <Panel
      title={<>Written by {person(report.author)}</>}
      label={`Reported message of ${report.author.name} in ${report.bookingName}, ${report.id}`}
      description={
        <>
          in{' '}
          <Link className="link [overflow-wrap:anywhere]" href={`/admin/bookings/${report.bookingId}`} prefetch={false}>
            {report.bookingName}
          </Link>
          , <TimeAgo at={report.sentAt} />
        </>
      }
      actions={
        report.closedAt === null && (
          <ConfirmDialog
            trigger="Close…"
            variant="secondary"
            size="sm"
            title="Close this report?"
            consequences={[
              `${report.reporter.name} reads what you write here.`,
              'What is done about its author is done on the page of that person.',
            ]}
            action={closeReport}
            hidden={{ reportId: report.id }}
            confirmLabel="Close report"
          >
            <TextareaField name="outcome" label="What came of it" required rows={3} maxLength={REPORT_CHARACTERS} />
          </ConfirmDialog>
        )
      }
    >
      <p className="whitespace-pre-wrap border-line border-l-2 pl-3 [overflow-wrap:anywhere]">{report.text}</p>
      <p className="mt-3 text-sm [overflow-wrap:anywhere]">
        Reported by {person(report.reporter)} <TimeAgo at={report.reportedAt} className="text-muted" />: {report.reason}
      </p>
      {report.closedAt !== null && (
        <p className="mt-2 text-muted text-sm [overflow-wrap:anywhere]">
          Closed <TimeAgo at={report.closedAt} />: {report.outcome}
        </p>
      )}
    </Panel>
  );
}
