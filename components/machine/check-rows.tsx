'use client';

import { type CheckOutcome, checkOutcome } from '#lib/catalogue/self-test.ts';
import type { SelfTest } from '#protocol/specification.ts';

const LOOKS = {
  passed: ['sign-good text-good-ink', 'passed'],
  look: ['sign-warn text-warn-ink', 'deserves a look'],
  failed: ['sign-crossed text-bad-ink', 'failed'],
} as const satisfies Record<CheckOutcome, readonly unknown[]>;

type CheckRow = {
  readonly check: SelfTest['checks'][number];
  /** Where more is said of how to mend it. */
  readonly href: string | null;
};

/** The rows of a self-test. Drawn in the browser as well, though nothing in them reacts: so their words travel once. */
export function CheckRows({ rows, fixes }: { rows: readonly CheckRow[]; fixes: boolean | undefined }) {
  return (
    <ul className="divide-y divide-line text-sm">
      {rows.map((row) => (
        <CheckLine key={row.check.name} {...row} fixes={fixes} />
      ))}
    </ul>
  );
}

function CheckLine({ check, href, fixes }: CheckRow & { fixes: boolean | undefined }) {
  const [sign, word] = LOOKS[checkOutcome(check)];
  return (
    <li className="flex gap-2.5 py-2 first:pt-0">
      <span aria-hidden className={`sign ${sign} mt-0.5 flex shrink-0 before:size-4`} />
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
