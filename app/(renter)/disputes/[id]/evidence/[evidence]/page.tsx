import type { Metadata } from 'next';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { readingCalls } from '#components/api/reading-calls.ts';
import { FactList } from '#components/ui/fact-list.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { evidenceOf } from '#lib/trust/queries/dispute.ts';

export const metadata: Metadata = { title: 'Evidence' };

type Route = { params: Promise<{ id: string; evidence: string }> };

/** One piece of evidence, to the byte that its hash is of. */
export default async function EvidencePage({ params }: Route) {
  const actor = await requireActor();
  const { id, evidence } = await params;
  const piece = await seen(evidenceOf(actor, { disputeId: id, evidenceId: evidence }));
  return (
    <>
      <PageHeader title={piece.title} trail={[{ href: `/disputes/${id}`, label: 'Dispute' }]} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        <Panel title="What it is">
          <FactList
            facts={[
              { label: 'Laid down', value: <TimeAgo at={piece.at} /> },
              {
                label: 'SHA-256',
                value: <code className="font-mono text-xs [overflow-wrap:anywhere]">{piece.hash}</code>,
                hint: 'of the exact text below, as UTF-8',
              },
            ]}
          />
        </Panel>
        <Panel title="Its text">
          <pre className="whitespace-pre-wrap font-mono text-sm [overflow-wrap:anywhere]">{piece.payload}</pre>
        </Panel>
        <AsApiCall calls={[readingCalls.evidence(id, piece.id)]} />
      </div>
    </>
  );
}
