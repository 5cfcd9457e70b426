import { cn } from './cn.ts';

type ProgressProps = {
  /** Names it: "Pulling the image". */
  label: string;
  /** Omit while nobody can say. */
  value?: number | undefined;
  max?: number | undefined;
  /** What the value means: "412 of 980 MB". Shown at the right and said instead of a percentage. */
  valueText?: string | undefined;
  /** Shows the label above the bar. */
  showLabel?: boolean | undefined;
  className?: string | undefined;
};

/** How far something has come. */
export function Progress({ label, value, max = 100, valueText, showLabel = true, className }: ProgressProps) {
  const share = value === undefined ? undefined : Math.min(100, Math.max(0, (value / max) * 100));
  return (
    <div className={cn('min-w-0 space-y-1', className)}>
      {(showLabel || valueText) && (
        <div aria-hidden className="flex justify-between gap-3 text-sm">
          <span>{showLabel && label}</span>
          <span className="tabular text-muted">{valueText}</span>
        </div>
      )}
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={max}
        aria-valuenow={value}
        aria-valuetext={valueText}
        className="relative h-1.5 overflow-hidden rounded-full bg-line"
      >
        <div
          className={cn(
            'h-full rounded-full bg-accent',
            share === undefined ? 'w-2/5 animate-slide' : 'transition-[width] duration-200 ease-settle',
          )}
          style={share === undefined ? undefined : { width: `${share}%` }}
        />
      </div>
    </div>
  );
}
