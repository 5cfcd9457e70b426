import Link from 'next/link';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { Credit } from '#lib/receipts/queries/credits.ts';

/** What of a bill came back: why, what shows it, and where it stands in the public log. */
export function CreditsPanel({ credits }: { credits: readonly Credit[] }) {
  if (credits.length === 0) return null;
  return (
    <Panel title="Credits" description="What came back, each a signed record in the public log.">
      <ul className="divide-y divide-line text-sm">
        {credits.map((credit) => (
          <li key={credit.reference} className="space-y-1 py-2 first:pt-0 last:pb-0">
            <p className="flex items-baseline justify-between gap-4">
              <TimeAgo at={credit.at} />
              <Money micros={credit.micros} className="font-medium" />
            </p>
            <p className="break-words">{credit.reason}</p>
            {credit.disputeId !== null && (
              <p>
                <Link className="link inline-flex min-h-6 items-center" href={`/disputes/${credit.disputeId}`}>
                  After a dispute
                </Link>
              </p>
            )}
            <p className="text-muted text-xs">
              {credit.logIndex === null
                ? 'In the public log within a minute'
                : `Entry ${credit.logIndex} of the public log`}
            </p>
            <details className="text-muted text-xs">
              <summary className="flex min-h-6 items-center hover:text-ink">What it names as evidence</summary>
              <ul className="break-all font-mono">
                {credit.evidence.map((id) => (
                  <li key={id}>{id}</li>
                ))}
              </ul>
            </details>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
