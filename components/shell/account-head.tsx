import Link from 'next/link';
import { Money } from '#components/ui/money.tsx';
import { AccountMenu } from './account-menu.tsx';
import { Bell } from './bell.tsx';

type AccountHeadProps = { name: string; unreadNotices: number; balanceMicros: string };

/** What the head of a page shows of whoever is signed in. Drawn by the server, for guests need none of it. */
export function AccountHead({ name, unreadNotices, balanceMicros }: AccountHeadProps) {
  return (
    <>
      <Link href="/wallet" className="relative hidden h-9 items-center rounded-md px-2 hover:bg-hover lg:flex">
        <span className="sr-only">To the wallet, balance </span>
        <Money micros={balanceMicros} cents />
      </Link>
      <Bell unread={unreadNotices} />
      <AccountMenu viewer={{ name, balanceMicros }} />
    </>
  );
}
