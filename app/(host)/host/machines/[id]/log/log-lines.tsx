import { CircleX, Info, TriangleAlert } from 'lucide-react';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { AgentLogLine } from '#lib/agents/agent-log.ts';

const LOOKS = {
  info: [Info, 'text-muted', 'info'],
  warn: [TriangleAlert, 'text-warn-ink', 'warning'],
  error: [CircleX, 'text-bad-ink', 'error'],
} as const;

/** Lines of an agent, each with its level in sign and word and how long ago it was said. */
export function LogLines({ rows }: { rows: readonly AgentLogLine[] }) {
  return (
    <ol className="divide-y divide-line text-sm">
      {rows.map((row) => {
        const [Icon, ink, word] = LOOKS[row.level];
        return (
          <li key={row.id} className="flex gap-2.5 px-4 py-1.5 sm:px-5">
            <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${ink}`} />
            <span className="sr-only">{word}: </span>
            <span className="min-w-0 flex-1 font-mono text-xs leading-5 [overflow-wrap:anywhere]">{row.message}</span>
            <span className="shrink-0 text-muted text-xs leading-5">
              <TimeAgo at={row.at} />
            </span>
          </li>
        );
      })}
    </ol>
  );
}
