import { TimeAgo } from '#components/ui/time-ago.tsx';
import { checkOutcome } from '#lib/catalogue/self-test.ts';
import { checkHref } from '#lib/catalogue/self-test-guide.ts';
import type { SelfTest } from '#protocol/specification.ts';
import { CheckRows } from './check-rows.tsx';

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
      <CheckRows
        rows={checks.map((check) => ({
          // What is not shown is not sent: how to mend it is its host's.
          check: {
            ...check,
            detail: check.measured && check.passed ? '' : check.detail,
            fix: fixes ? check.fix : null,
          },
          href: fixes ? checkHref(check.name) : null,
        }))}
        fixes={fixes}
      />
      <p className="mt-2 text-muted text-xs">
        {outcomeWords(test)}, run <TimeAgo at={test.at} />
      </p>
    </>
  );
}

/** "12 of 13 passed, 2 deserve a look". */
export function outcomeWords({ checks }: SelfTest): string {
  const passed = checks.filter((check) => check.passed).length;
  const looks = checks.filter((check) => checkOutcome(check) === 'look').length;
  const rest = looks === 0 ? '' : looks === 1 ? ', 1 deserves a look' : `, ${looks} deserve a look`;
  return `${passed} of ${checks.length} passed${rest}`;
}
