import { CircleCheck, CircleX } from 'lucide-react';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { SelfTest } from '#protocol/specification.ts';

/** What the agent tried on its machine, how it went, and how to mend what failed. */
export function SelfTestList({ test, fixes }: { test: SelfTest | null; fixes?: boolean | undefined }) {
  if (test === null) return <p className="text-muted">The agent has not run its self-test yet.</p>;
  return (
    <>
      <ul className="divide-y divide-line text-sm">
        {test.checks.map((check) => (
          <li key={check.name} className="flex gap-2.5 py-2 first:pt-0">
            {check.passed ? (
              <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-good-ink" />
            ) : (
              <CircleX aria-hidden className="mt-0.5 size-4 shrink-0 text-bad-ink" />
            )}
            <div className="min-w-0 [overflow-wrap:anywhere]">
              <p>
                <span className="font-medium">{check.name}</span>
                <span className="text-muted"> · {check.passed ? 'passed' : 'failed'}</span>
              </p>
              <p className="text-muted">{check.detail}</p>
              {fixes && !check.passed && check.fix && <p className="mt-0.5">{check.fix}</p>}
            </div>
          </li>
        ))}
      </ul>
      <p className="mt-2 text-muted text-xs">
        Run <TimeAgo at={test.at} />
      </p>
    </>
  );
}
