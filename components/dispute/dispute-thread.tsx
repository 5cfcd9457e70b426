import { FileText, Gavel, Hand, MessageSquare, Radar, Timer } from 'lucide-react';
import Link from 'next/link';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { type StepTold, stepWords } from '#lib/trust/dispute-move.ts';
import type { PictureSize } from '#lib/trust/picture.ts';
import { EvidencePicture } from './evidence-picture.tsx';

type Piece = {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly hash: string;
  readonly at: Date;
  readonly picture: PictureSize | null;
};
export type ThreadStep = StepTold & {
  readonly number: number;
  readonly text: string;
  readonly at: Date;
  readonly evidence: readonly Piece[];
};

type DisputeThreadProps = {
  disputeId: string;
  steps: readonly ThreadStep[];
  renter: string;
  host: string;
};

const ICONS = {
  opened: Hand,
  recorded: Radar,
  said: MessageSquare,
  offered: Hand,
  countered: Hand,
  answered: MessageSquare,
  escalated: Gavel,
  accepted: Hand,
  withdrawn: Hand,
  lapsed: Timer,
  decided: Gavel,
} as const;

/** Every step of a dispute, oldest first: who, what, for how much, in which words, and what was laid down with it. */
export function DisputeThread({ disputeId, steps, renter, host }: DisputeThreadProps) {
  const names = { renter, host, staff: 'An admin', market: 'The market' };
  return (
    <ol className="divide-y divide-line">
      {steps.map((step) => {
        const Icon = ICONS[step.move];
        return (
          <li key={step.number} className="flex gap-3 px-4 py-4 sm:px-5">
            <Icon aria-hidden className="mt-0.5 size-4.5 shrink-0 text-muted" />
            <div className="min-w-0 flex-1">
              <div className="flex flex-wrap items-baseline justify-between gap-x-4">
                <h3 className="min-w-0 font-medium [overflow-wrap:anywhere]">
                  {names[step.side]}{' '}
                  <span className="font-normal text-muted">{stepWords(step, names[step.side] === 'You')}</span>
                </h3>
                <TimeAgo at={step.at} className="shrink-0 text-muted text-xs" />
              </div>
              <p className="mt-1 whitespace-pre-wrap [overflow-wrap:anywhere]">{step.text}</p>
              {step.evidence.length > 0 && (
                <ul className="mt-2 space-y-1 text-sm">
                  {step.evidence.map((piece) => (
                    <EvidenceLine
                      key={piece.id}
                      disputeId={disputeId}
                      piece={piece}
                      sentBy={inSentence(names[step.side])}
                    />
                  ))}
                </ul>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

/** “You” within a sentence; names stay as they are. */
const inSentence = (name: string) => (name === 'You' ? 'you' : name);

type EvidenceLineProps = { disputeId: string; piece: Piece; sentBy: string };

function EvidenceLine({ disputeId, piece, sentBy }: EvidenceLineProps) {
  return (
    <li className="flex gap-2">
      <FileText aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <Link
          className="link inline-block min-h-6"
          href={`/disputes/${disputeId}/evidence/${piece.id}`}
          prefetch={false}
        >
          {piece.title}
        </Link>{' '}
        <code className="font-mono text-muted text-xs" title={`SHA-256 ${piece.hash}`}>
          {piece.hash.slice(0, 12)}…
        </code>
        {piece.picture !== null && (
          <span className="mt-1 block">
            <EvidencePicture
              disputeId={disputeId}
              evidenceId={piece.id}
              name={piece.title}
              sentBy={sentBy}
              picture={piece.picture}
              size="thumbnail"
            />
          </span>
        )}
      </span>
    </li>
  );
}
