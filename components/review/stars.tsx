import { Star } from 'lucide-react';
import { cn } from '#components/ui/cn.ts';

type StarsProps = {
  /** Hundredths of a point: 437 is 4.37 of 5. */
  hundredths: number;
  className?: string | undefined;
};

/** A score of five as stars and as a number: the picture is for the eye, the words for everybody. */
export function Stars({ hundredths, className }: StarsProps) {
  const whole = Math.round(hundredths / 100);
  const number = (hundredths / 100).toFixed(hundredths % 100 === 0 ? 0 : 2);
  return (
    <span className={cn('inline-flex items-center gap-1 whitespace-nowrap', className)}>
      <span aria-hidden className="inline-flex">
        {[1, 2, 3, 4, 5].map((at) => (
          <Star
            key={at}
            className={cn('size-3.5', at <= whole ? 'fill-accent text-accent' : 'text-muted')}
            strokeWidth={1.5}
          />
        ))}
      </span>
      <span className="tabular">
        {number}
        <span className="sr-only"> of 5</span>
      </span>
    </span>
  );
}
