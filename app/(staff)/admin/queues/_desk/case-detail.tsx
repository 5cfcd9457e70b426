import { CircleCheck, CircleX } from 'lucide-react';
import Link from 'next/link';
import { EvidencePicture } from '#components/dispute/evidence-picture.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { FactList } from '#components/ui/fact-list.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { whyNotWork } from '#lib/desk/case.ts';
import { OUTCOMES_OF } from '#lib/desk/decision.ts';
import type { CaseView, Evidence, AttachedFile as Shown } from '#lib/trust/case-view.ts';
import { decide } from '../actions.ts';
import { ClaimBar } from './claim-bar.tsx';
import { DecisionForm } from './decision-form.tsx';

type CaseDetailProps = { shown: CaseView; adminId: string; nextId: string | null; now: Date };

/** The right side of a queue: what a decision rests on, and the decision. */
export function CaseDetail({ shown, adminId, nextId, now }: CaseDetailProps) {
  const late = shown.dueAt !== null && shown.dueAt < now;
  return (
    <div className="space-y-4">
      <Panel
        title={shown.title}
        description={shown.line}
        actions={late ? <Badge tone="bad">past its deadline</Badge> : undefined}
      >
        <ul className="mb-3 flex flex-wrap gap-x-4 gap-y-1 text-sm">
          {shown.links.map((link) => (
            <li key={link.href} className="min-w-0">
              <Link
                href={link.href}
                prefetch={false}
                className="link inline-flex min-h-6 items-center [overflow-wrap:anywhere]"
              >
                {link.label}
              </Link>
            </li>
          ))}
        </ul>
        <FactList
          facts={[
            ...(shown.since === null ? [] : [{ label: 'Waits since', value: <TimeAgo at={shown.since} /> }]),
            ...(shown.dueAt === null ? [] : [{ label: 'To be decided', value: <TimeAgo at={shown.dueAt} /> }]),
            ...Object.entries(shown.facts).map(([label, value]) => ({ label, value })),
          ]}
        />
      </Panel>
      {shown.evidence.map((part, index) => (
        <EvidencePanel key={index} part={part} />
      ))}
      {shown.waiting ? (
        <Panel title="Your decision">
          <div className="space-y-5">
            <ClaimBar shown={shown} adminId={adminId} />
            <DecisionForm
              key={shown.id}
              action={decide}
              outcomes={OUTCOMES_OF[shown.kind].filter(({ value }) => shown.outcomes.includes(value))}
              hidden={{
                kind: shown.kind,
                id: shown.id,
                ...(nextId === null ? {} : { next: nextId }),
              }}
              facts={shown.facts}
              partOf={shown.kind === 'dispute' ? `Of ${shown.facts.Contested ?? 'what is contested'}.` : undefined}
              disabledReason={shown.whyNot ?? whyNotWork(shown.claim, adminId, now)?.sentence ?? null}
            />
          </div>
        </Panel>
      ) : (
        <Callout title="It waits no longer">
          It was decided, or what it waited for is over. The audit trail says how.
        </Callout>
      )}
    </div>
  );
}

function EvidencePanel({ part }: { part: Evidence }) {
  return (
    <Panel title={part.title} level={3}>
      {part.quote !== undefined && (
        <blockquote className="max-h-96 overflow-y-auto whitespace-pre-wrap border-line border-l-2 pl-3 [overflow-wrap:anywhere]">
          {part.quote}
        </blockquote>
      )}
      {part.file !== undefined && <AttachedFile file={part.file} />}
      {part.facts !== undefined && (
        <FactList facts={Object.entries(part.facts).map(([label, value]) => ({ label, value }))} />
      )}
      {part.checks?.length === 0 && <p className="text-muted">None was made.</p>}
      {part.checks !== undefined && part.checks.length > 0 && (
        <ul className="space-y-1 text-sm">
          {part.checks.map(({ ok, text }) => (
            <li key={text} className="flex gap-2">
              {ok ? (
                <CircleCheck aria-label="Passed:" className="mt-0.5 size-4 shrink-0 text-good-ink" />
              ) : (
                <CircleX aria-label="Failed:" className="mt-0.5 size-4 shrink-0 text-bad-ink" />
              )}
              <span className="min-w-0 [overflow-wrap:anywhere]">{text}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function AttachedFile({ file: { disputeId, evidenceId, name, sentBy, picture } }: { file: Shown }) {
  return (
    <div className="mb-3">
      {picture !== null && <EvidencePicture {...{ disputeId, evidenceId, name, sentBy, picture }} size="whole" />}
      <p>
        <a
          className="link inline-flex min-h-6 items-center text-sm"
          href={`/api/v1/disputes/${disputeId}/evidence/${evidenceId}/file`}
          download
        >
          Save it
        </a>
      </p>
    </div>
  );
}
