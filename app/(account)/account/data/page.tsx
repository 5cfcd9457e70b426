import Link from 'next/link';
import { requireActor } from '#app/_edge/actor.ts';
import { buttonLook } from '#components/ui/button-look.ts';
import { Callout } from '#components/ui/callout.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { leavingOf } from '#lib/trust/queries/leaving.ts';
import { type Asked, textOf } from '../../_parts/next-field.tsx';
import { ProofFirst } from '../_parts/proof-first.tsx';
import { LeavePanel } from './leave-panel.tsx';

export const metadata = { title: 'Your data' };

export default async function DataPage({ searchParams }: { searchParams: Asked }) {
  const actor = await requireActor();
  const [leaving, later] = await Promise.all([leavingOf(actor), textOf(searchParams, 'later')]);
  return (
    <>
      <PageHeader title="Your data" lede="Take a copy of everything, or leave." />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        <Panel
          id="export"
          title="A copy of everything"
          description="One JSON file with all that this market keeps about you: account, rentals, logs, bills, money, machines, messages."
        >
          {later !== '' && (
            <Callout tone="warn" className="mb-4" title="You took several copies within the hour">
              <p>Wait a while, then take the next one.</p>
            </Callout>
          )}
          <ProofFirst actor={actor} next="/account/data" to="take a copy">
            <form method="post" action="/account/data/export">
              <button type="submit" className={buttonLook('secondary')}>
                Download
              </button>
            </form>
          </ProofFirst>
          <p className="mt-4 text-muted text-sm">
            Not in it: passwords and other secrets, what staff note for themselves, and what belongs to other people.
            You get a mail when a copy is taken. Bills are also files of their own, under{' '}
            <Link href="/wallet/invoices" className="link">
              Invoices
            </Link>
            .
          </p>
        </Panel>
        <LeavePanel actor={actor} leaving={leaving} />
      </div>
    </>
  );
}
