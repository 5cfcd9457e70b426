import { formatDollars } from '#lib/base/money.ts';
import { cn } from './cn.ts';

type MoneyProps = {
  /** Micro-dollars: a bigint, or its decimal string as it comes out of JSON. */
  micros: bigint | string;
  /** What the price is for: "GPU-hour", "GiB-month". Shown as "/ GPU-hour". */
  per?: string | undefined;
  /** Rounds down to whole cents and shows the exact amount on hover: for running totals that move every second. */
  cents?: boolean | undefined;
  /** Puts "+" before what is above zero: for statement lines. */
  signed?: boolean | undefined;
  className?: string | undefined;
};

/** An amount of money, exact and tabular. */
export function Money({ micros, per, cents, signed, className }: MoneyProps) {
  const exact = BigInt(micros);
  const beyondCents = ((exact % 10_000n) + 10_000n) % 10_000n;
  const shown = cents ? exact - beyondCents : exact;
  return (
    <span
      className={cn('tabular whitespace-nowrap', className)}
      title={shown === exact ? undefined : formatDollars(exact)}
    >
      {signed && exact > 0n && '+'}
      {formatDollars(shown)}
      {per && <span className="font-normal text-[0.8em] text-muted leading-none"> / {per}</span>}
    </span>
  );
}
