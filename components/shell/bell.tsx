import { Bell as BellIcon } from 'lucide-react';
import Link from 'next/link';

/** The way to the notices, with how many are unread. */
export function Bell({ unread }: { unread: number }) {
  const shown = unread > 99 ? '99+' : String(unread);
  return (
    <Link
      href="/notices"
      aria-label={unread === 0 ? 'Notices' : `Notices, ${unread} unread`}
      className="relative inline-flex size-9 items-center justify-center rounded-md hover:bg-hover"
    >
      <BellIcon aria-hidden className="size-4.5" />
      {unread > 0 && (
        <span
          aria-hidden
          className="tabular absolute top-0.5 right-0 flex h-4 min-w-4 items-center justify-center rounded-full bg-accent px-1 font-semibold text-[0.625rem] text-on-accent leading-none"
        >
          {shown}
        </span>
      )}
    </Link>
  );
}
