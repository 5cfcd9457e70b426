import { Download } from 'lucide-react';
import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { readingCalls } from '#components/api/reading-calls.ts';
import { EvidencePicture } from '#components/dispute/evidence-picture.tsx';
import { buttonLook } from '#components/ui/button-look.ts';
import { FactList } from '#components/ui/fact-list.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { FILES_KEPT_DAYS } from '#lib/trust/evidence-file.ts';
import { readManifest } from '#lib/trust/evidence-manifest.ts';
import { isShowable, MOST_PICTURE_MEGAPIXELS } from '#lib/trust/picture.ts';
import { evidenceOf } from '#lib/trust/queries/dispute.ts';

const fileHref = (disputeId: string, evidenceId: string) =>
  `/api/v1/disputes/${encodeURIComponent(disputeId)}/evidence/${encodeURIComponent(evidenceId)}/file`;

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
        {piece.kind === 'file' && (
          <FilePanel name={piece.title} payload={piece.payload} href={piece.fileKept ? fileHref(id, piece.id) : null}>
            {piece.picture !== null && (
              <div className="mb-4">
                <EvidencePicture
                  disputeId={id}
                  evidenceId={piece.id}
                  name={piece.title}
                  sentBy={`the ${piece.side}`}
                  picture={piece.picture}
                  size="whole"
                />
              </div>
            )}
          </FilePanel>
        )}
        <Panel title={piece.kind === 'file' ? 'What is written down of it' : 'Its text'}>
          <pre className="whitespace-pre-wrap font-mono text-sm [overflow-wrap:anywhere]">{piece.payload}</pre>
        </Panel>
        <AsApiCall calls={[readingCalls.evidence(id, piece.id)]} />
      </div>
    </>
  );
}

type FilePanelProps = { name: string; payload: string; href: string | null; children: ReactNode };

function FilePanel({ name, payload, href, children }: FilePanelProps) {
  const { mediaType, sizeBytes, sha256, picture } = readManifest(payload);
  return (
    <Panel
      title="The file"
      footer={`It is kept until ${FILES_KEPT_DAYS} days after the decision. Both sides and the admins can see and save it.`}
      actions={
        href !== null && (
          <a className={buttonLook('secondary', 'sm')} href={href} download>
            <Download aria-hidden className="size-3.5" />
            Save it
          </a>
        )
      }
    >
      {children}
      <FactList
        facts={[
          { label: 'Name', value: <span className="[overflow-wrap:anywhere]">{name}</span> },
          { label: 'Type', value: mediaType },
          { label: 'Size', value: `${(sizeBytes / 1_000).toFixed(1)} kB` },
          ...(picture === undefined
            ? []
            : [
                {
                  label: 'Pixels',
                  value: `${picture.widthPixels} × ${picture.heightPixels}`,
                  ...(isShowable(picture)
                    ? {}
                    : { hint: `over ${MOST_PICTURE_MEGAPIXELS} megapixels: it is not shown in a page, only saved` }),
                },
              ]),
          {
            label: 'SHA-256 of the file',
            value: <code className="font-mono text-xs [overflow-wrap:anywhere]">{sha256}</code>,
          },
          ...(href === null ? [{ label: 'Kept', value: 'no longer: its time was over, or its owner left' }] : []),
        ]}
      />
    </Panel>
  );
}
