import type { Metadata } from 'next';
import Link from 'next/link';
import { requireActor } from '#app/_edge/actor.ts';
import { SeveralForm } from '#components/several/several-form.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { MOST_SEVERAL } from '#lib/bookings/several.ts';
import { arraysOf } from '#lib/jobs/queries/arrays.ts';
import { CANCEL, cancelRows, JOB_NOUNS } from '../_jobs/several-verbs.ts';
import { cancelChosen } from './actions.ts';

export const metadata: Metadata = { title: 'Several jobs' };

type Params = Promise<{ id?: string | string[] }>;

/** What a dialog asks where scripts run, as a page: what cancelling several submissions means. */
export default async function SeveralJobs({ searchParams }: { searchParams: Params }) {
  const actor = await requireActor();
  const ids = [(await searchParams).id ?? []].flat().slice(0, MOST_SEVERAL);
  const { rows } = await arraysOf(actor, { state: 'all', ids, take: MOST_SEVERAL });
  const { trigger: _bar, question, ...words } = CANCEL;
  return (
    <>
      <PageHeader title={question} trail={[{ href: '/jobs', label: 'Jobs' }]} />
      <Panel
        className="max-w-2xl"
        footer={
          rows.length > 0 && (
            <Link href="/jobs" className="link inline-flex min-h-6 items-center">
              Back to the list, changing nothing
            </Link>
          )
        }
      >
        {rows.length === 0 ? (
          <EmptyState
            kind="none"
            title="None is chosen"
            action={<LinkButton href="/jobs">Back to the list</LinkButton>}
          >
            Choose jobs in the list first.
          </EmptyState>
        ) : (
          <SeveralForm rows={cancelRows(rows)} verb={words} nouns={JOB_NOUNS} action={cancelChosen} />
        )}
      </Panel>
    </>
  );
}
