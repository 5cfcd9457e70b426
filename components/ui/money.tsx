import { formatDollars } from '#lib/base/money.ts';
import { cn } from './cn.ts';

type MoneyProps = {
  /** Micro-dollars: a bigint, or its decimal string as it comes out of JSON. */
  micros: bigint | string;
  /** What the price is for: "GPU-hour", "GiB-month". Shown as "/ GPU-hour". */
  per?: string;
  /** Cuts to whole cents and shows the exact amount on hover: for running totals that move every second. */
  cents?: boolean;
  /** Puts "+" before what is above zero: for statement lines. */
  signed?: boolean;
  className?: string;
};

/** An amount of money, exact and tabular. */
export function Money({ micros, per, cents, signed, className }: MoneyProps) {
  const exact = BigInt(micros);
  const shown = cents ? (exact / 10_000n) * 10_000n : exact;
  return (
    <span
      className={cn('tabular whitespace-nowrap', className)}
      title={shown === exact ? undefined : formatDollars(exact)}
    >
      {signed && exact > 0n && '+'}
      {formatDollars(shown)}
      {per && <span className="font-normal text-[0.86em] text-muted"> / {per}</span>}
    </span>
  );
}
