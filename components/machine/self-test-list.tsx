import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { type CheckOutcome, checkOutcome } from '#lib/catalogue/self-test.ts';
import { checkHref } from '#lib/catalogue/self-test-guide.ts';
import type { SelfTest } from '#protocol/specification.ts';

const LOOKS = {
  passed: [CircleCheck, 'text-good-ink', 'passed'],
  look: [TriangleAlert, 'text-warn-ink', 'deserves a look'],
  failed: [CircleX, 'text-bad-ink', 'failed'],
} as const satisfies Record<CheckOutcome, readonly unknown[]>;

type Check = SelfTest['checks'][number];

/**
 * What the agent tried on its machine, how it went, what was measured and wanted. With `fixes` also how to mend it, and what
 * needs somebody comes first: for whoever can mend it.
 */
export function SelfTestList({ test, fixes }: { test: SelfTest | null; fixes?: boolean | undefined }) {
  if (test === null) return <p className="text-muted">The agent has not run its self-test yet.</p>;
  const rank = (check: Check) => (check.passed ? (check.warning ? 1 : 2) : 0);
  const checks = fixes ? test.checks.toSorted((a, b) => rank(a) - rank(b)) : test.checks;
  return (
    <>
      <ul className="divide-y divide-line text-sm">
        {checks.map((check) => (
          <CheckRow key={check.name} check={check} fixes={fixes} />
        ))}
      </ul>
      <p className="mt-2 text-muted text-xs">
        {outcomeWords(test)}, run <TimeAgo at={test.at} />
      </p>
    </>
  );
}

function CheckRow({ check, fixes }: { check: Check; fixes?: boolean | undefined }) {
  const [Icon, ink, word] = LOOKS[checkOutcome(check)];
  const href = fixes ? checkHref(check.name) : null;
  return (
    <li className="flex gap-2.5 py-2 first:pt-0">
      <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${ink}`} />
      <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <p className="flex flex-wrap items-baseline justify-between gap-x-3">
          <span>
            <span className="font-medium">{check.name}</span>
            <span className="text-muted"> · {word}</span>
          </span>
          {check.measured && <span className="tabular">{check.measured}</span>}
        </p>
        {(!check.measured || !check.passed) && <p className="text-muted">{check.detail}</p>}
        {check.wanted && <p className="text-muted text-xs">Wanted: {check.wanted}</p>}
        {fixes && check.fix && (
          <p className="mt-1.5 rounded-md border border-line bg-sunken px-2.5 py-1.5">
            {check.fix}{' '}
            {href !== null && (
              <a className="link" href={href}>
                More on this<span className="sr-only">: {check.name}</span>
              </a>
            )}
          </p>
        )}
      </div>
    </li>
  );
}

/** "12 of 13 passed, 2 deserve a look". */
export function outcomeWords({ checks }: SelfTest): string {
  const passed = checks.filter((check) => check.passed).length;
  const looks = checks.filter((check) => checkOutcome(check) === 'look').length;
  const rest = looks === 0 ? '' : looks === 1 ? ', 1 deserves a look' : `, ${looks} deserve a look`;
  return `${passed} of ${checks.length} passed${rest}`;
}
