import { FileText, Gavel, Hand, MessageSquare, Radar, Timer } from 'lucide-react';
import Link from 'next/link';
import { Money } from '#components/ui/money.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { MoveTold } from '#lib/trust/dispute-move.ts';

type Piece = {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly hash: string;
  readonly at: Date;
};
export type ThreadStep = {
  readonly number: number;
  readonly side: 'renter' | 'host' | 'staff' | 'market';
  readonly move: MoveTold;
  readonly amountMicros: bigint | null;
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
                  <span className="font-normal text-muted">
                    <Did step={step} you={names[step.side] === 'You'} />
                  </span>
                </h3>
                <TimeAgo at={step.at} className="shrink-0 text-muted text-xs" />
              </div>
              <p className="mt-1 whitespace-pre-wrap [overflow-wrap:anywhere]">{step.text}</p>
              {step.evidence.length > 0 && (
                <ul className="mt-2 space-y-1 text-sm">
                  {step.evidence.map((piece) => (
                    <EvidenceLine key={piece.id} disputeId={disputeId} piece={piece} />
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

function EvidenceLine({ disputeId, piece }: { disputeId: string; piece: Piece }) {
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
      </span>
    </li>
  );
}

/** What was done, to be read after who did it: "You contest", "Ada contests". */
function Did({ step: { move, side, amountMicros }, you }: { step: ThreadStep; you: boolean }) {
  const s = you ? '' : 's';
  const sum = amountMicros === null ? null : <Money micros={amountMicros} />;
  switch (move) {
    case 'opened':
      return (
        <>
          contest{s} {sum}
        </>
      );
    case 'recorded':
      return <>laid down what it recorded</>;
    case 'offered':
      return (
        <>
          offer{s} {sum}
        </>
      );
    case 'countered':
      return <>would take {sum}</>;
    case 'answered':
      return (
        <>
          answer{s} and offer{s} nothing
        </>
      );
    case 'said':
      return <>add{s}</>;
    case 'escalated':
      return <>hand{s} it to an admin</>;
    case 'accepted':
      return side === 'host' ? (
        <>
          give{s} {sum} back
        </>
      ) : (
        <>
          take{s} {sum}
        </>
      );
    case 'withdrawn':
      return <>take{s} it back</>;
    case 'lapsed':
      return <>noted that the time passed</>;
    case 'decided':
      return <>decides: {sum} for the renter</>;
  }
}
