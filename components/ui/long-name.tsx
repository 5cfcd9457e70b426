import Link from 'next/link';
import { cn } from './cn.ts';
import { Hint } from './hint.tsx';

/** Names of as many letters stand whole in every cell. */
const SHORT = 32;

type LongNameProps = {
  name: string;
  /** Where the name leads. */
  href?: string | undefined;
  className?: string | undefined;
};

/** A name that somebody chose, in a narrow place: a long one takes one line, and is whole on hover and focus. */
export function LongName({ name, href, className }: LongNameProps) {
  const long = [...name].length > SHORT;
  const look = cn(long && 'inline-block max-w-48 truncate align-bottom', className) || undefined;
  const shown =
    href === undefined ? (
      <span className={look}>{name}</span>
    ) : (
      <Link href={href} prefetch={false} className={cn(look, long && 'min-h-6 leading-6') || undefined}>
        {name}
      </Link>
    );
  return long ? <Hint text={name}>{shown}</Hint> : shown;
}
