import { cn } from './cn.ts';

/** A place held for something on its way. Give it the size of what comes: `className="h-9 w-40"`. */
export function Skeleton({ className }: { className?: string | undefined }) {
  return <div aria-hidden className={cn('animate-breathe rounded-sm bg-line', className)} />;
}

/** A panel's worth of lines on their way; says "Loading" once. */
export function SkeletonLines({
  lines = 4,
  className,
}: {
  lines?: number | undefined;
  className?: string | undefined;
}) {
  return (
    <div role="status" className={cn('space-y-2.5', className)}>
      <span className="sr-only">Loading</span>
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} className={cn('h-4', line % 3 === 2 ? 'w-3/5' : line % 3 === 1 ? 'w-4/5' : 'w-full')} />
      ))}
    </div>
  );
}
