import type { Metadata } from 'next';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { Input } from '#components/ui/controls.tsx';
import { CopyBox } from '#components/ui/copy-box.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Field } from '#components/ui/field.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Stat, Stats } from '#components/ui/stat.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { theWorld } from '#lib/base/time.ts';
import { logWorry } from '#lib/receipts/log-worry.ts';
import { findEntry, type LogHealth, logHealth } from '#lib/receipts/queries/log.ts';
import { CheckBill } from './_log/check-bill.tsx';
import { CheckReceipt } from './_log/check-receipt.tsx';

export const metadata: Metadata = { title: 'Public log' };
export const dynamic = 'force-dynamic';

type Route = { searchParams: Promise<{ entry?: string | string[] }> };

export default async function LogPage({ searchParams }: Route) {
  const now = theWorld.now();
  const given = (await searchParams).entry;
  const asked = typeof given === 'string' ? given.slice(0, 200) : '';
  const [health, found] = await Promise.all([logHealth(now), asked === '' ? null : findEntry(asked)]);
  return (
    <>
      <PageHeader
        title="Public log"
        lede="Everything that a bill follows from (machines’ keys, terms, signed statements, credits) stands in one log that is only ever added to. It holds salted digests, so it shows nobody’s business; who has a record can prove that it is there."
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        {health === null ? (
          <EmptyState kind="first" title="Nothing is logged yet">
            The first entry comes a few seconds after the worker of this market has started with a key for its log.
          </EmptyState>
        ) : (
          <Health health={health} now={now} />
        )}
        <Panel title="Check a bill" description="Here in your browser: the file is not sent anywhere.">
          <CheckBill logKey={health?.keyLine ?? null} />
        </Panel>
        {health !== null && (
          <Panel title="Check a receipt" description="Here in your browser, against this log’s key.">
            <CheckReceipt logKey={health.keyLine} />
          </Panel>
        )}
        <Panel
          title="Look up an entry"
          description="By its digest, which the page of a statement says, or by its place."
        >
          <form method="get" action="/log" className="flex flex-wrap items-end gap-3">
            <Field label="Digest (64 hex digits) or place" id="entry" className="min-w-0 flex-1 basis-72">
              {(aria) => (
                <Input name="entry" defaultValue={asked} maxLength={200} spellCheck={false} required {...aria} />
              )}
            </Field>
            <Button type="submit">Look up</Button>
          </form>
          {asked !== '' && (
            <div className="mt-4">
              {found === null ? (
                <Callout tone="warn" role="status" title="It is not in the log">
                  No entry has this digest or place. What was signed less than a minute ago may still be on its way.
                </Callout>
              ) : (
                <>
                  <Callout tone="good" role="status" title={`Entry ${found.index} is in the log`}>
                    <p>
                      Logged <TimeAgo at={found.loggedAt} />. The text below proves it against the signed head, with any
                      program that reads c2sp.org/tlog-proof.
                    </p>
                  </Callout>
                  <CopyBox className="mt-3" label="Digest" text={found.entry} />
                  <CopyBox className="mt-3" label="Proof" text={found.proof} />
                </>
              )}
            </div>
          )}
        </Panel>
        <Panel title="Without this page">
          <div className="space-y-3">
            <p>
              The log is a set of plain files, laid out as{' '}
              <code className="font-mono text-sm">c2sp.org/tlog-tiles</code> says: its{' '}
              <a className="link" href="/log/checkpoint">
                signed head
              </a>
              , tiles of hashes and of entries. Anybody can copy it and check that it was only added to.
            </p>
            <p>
              The{' '}
              <a className="link" href="/log/sublet-verify.mjs" download>
                verifier
              </a>{' '}
              is one file that needs nothing but Node.js, and is the same in every copy of the source.
            </p>
            <CopyBox label="Verify a bill offline" text="node sublet-verify.mjs BILL.json" />
          </div>
        </Panel>
      </div>
    </>
  );
}

function Health({ health, now }: { health: LogHealth; now: Date }) {
  const worry = logWorry(health, now);
  return (
    <>
      {worry !== null && (
        <Callout tone={worry.tone} title={worry.title}>
          {worry.sentence}
        </Callout>
      )}
      <Stats>
        <Stat label="Entries" value={health.head.size.toLocaleString('en')} />
        <Stat label="Head signed" value={<TimeAgo at={health.head.signedAt} />} />
        <Stat label="Waiting" value={health.waiting} hint="records not logged yet" />
        <Stat
          label="Witnesses"
          value={`${health.witnessesUpToDate} of ${health.witnesses}`}
          hint="machines that checked it lately"
        />
        <Stat label="Refusals" value={health.refusals} hint="machines that saw two histories" />
      </Stats>
      <Panel title="Its head" description="Compare both with what a host, another renter or your own notes say.">
        <div className="space-y-3">
          <CopyBox label="The log’s key" text={health.keyLine} />
          <CopyBox label="Signed head" text={health.head.note} />
        </div>
      </Panel>
    </>
  );
}
