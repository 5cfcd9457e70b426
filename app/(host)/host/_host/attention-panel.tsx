import { CircleX, Clock, Info, type LucideIcon, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { Attention, AttentionKind } from '#lib/agents/attention.ts';

const LOOKS: Record<AttentionKind, readonly [LucideIcon, string, string]> = {
  identityCopied: [CircleX, 'text-bad-ink', 'Problem'],
  offline: [CircleX, 'text-bad-ink', 'Problem'],
  selfTestFailed: [CircleX, 'text-bad-ink', 'Problem'],
  payoutBlocked: [TriangleAlert, 'text-warn-ink', 'Warning'],
  notVisible: [TriangleAlert, 'text-warn-ink', 'Warning'],
  endsSoon: [Clock, 'text-info-ink', 'Soon'],
  requests: [Info, 'text-info-ink', 'Note'],
  unfinished: [Info, 'text-info-ink', 'Note'],
  agentOlder: [Info, 'text-info-ink', 'Note'],
};

const SHOWN = 8;

/** What wants the host now, the most urgent first; nothing where nothing does. */
export function AttentionPanel({ found }: { found: readonly Attention[] }) {
  if (found.length === 0) return null;
  return (
    <Panel title="Wants your attention" flush>
      <ul>
        {found.slice(0, SHOWN).map((one) => {
          const [Icon, ink, word] = LOOKS[one.kind];
          return (
            <li
              key={`${one.kind} ${one.href} ${one.title}`}
              className="border-line border-t px-4 py-2.5 text-sm sm:px-5"
            >
              <div className="flex gap-2.5">
                <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${ink}`} />
                <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
                  <span className="sr-only">{word}: </span>
                  <Link href={one.href} className="link font-medium">
                    {one.title}
                  </Link>{' '}
                  {one.at !== null && (
                    <span className="text-muted">
                      <TimeAgo at={one.at} />
                    </span>
                  )}
                  <p className="text-muted">{one.sentence}</p>
                </div>
              </div>
            </li>
          );
        })}
      </ul>
      {found.length > SHOWN && (
        <p className="border-line border-t px-4 py-2.5 text-muted text-sm sm:px-5">
          and {found.length - SHOWN} more: each machine says its own below.
        </p>
      )}
    </Panel>
  );
}
