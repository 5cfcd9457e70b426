import { cn } from './cn.ts';

const FILLS = { accent: 'bg-accent', good: 'bg-good-ink', warn: 'bg-warn-ink', bad: 'bg-bad-ink', info: 'bg-info-ink' };

type MeterProps = {
  /** Names it: "VRAM in use". */
  label: string;
  value: number;
  max: number;
  /** What the value means: "18.2 of 24 GiB". */
  valueText: string;
  tone?: keyof typeof FILLS | undefined;
  /** Only the bar, the words being for screen readers: for cells of a table. */
  bare?: boolean | undefined;
  className?: string | undefined;
};

/** How much of something is used. */
export function Meter({ label, value, max, valueText, tone = 'info', bare, className }: MeterProps) {
  const share = max > 0 ? Math.min(100, Math.max(0, (value / max) * 100)) : 0;
  return (
    <div className={cn('min-w-0', className)}>
      {!bare && (
        <div aria-hidden className="mb-1 flex justify-between gap-3 text-sm">
          <span className="text-muted">{label}</span>
          <span className="tabular">{valueText}</span>
        </div>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: the meter element cannot be styled alike in all browsers */}
      <div
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={max}
        aria-valuenow={value}
        aria-valuetext={valueText}
        className="h-1.5 overflow-hidden rounded-full bg-line"
      >
        <div className={cn('h-full rounded-full', FILLS[tone])} style={{ width: `${share}%` }} />
      </div>
    </div>
  );
}
