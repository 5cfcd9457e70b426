import { ChartColumn, ChevronDown, CircleUser, LogOut, MessageSquare, Settings, Wallet } from 'lucide-react';
import Link from 'next/link';
import { Money } from '#components/ui/money.tsx';
import { DropPanel } from './drop-panel.tsx';

const ROW =
  'flex min-h-9 w-full items-center gap-2.5 rounded-sm px-2.5 hover:bg-hover [&_svg]:size-4 [&_svg]:text-muted';

/** The account: its name, its money, settings, and the way out. */
export function AccountMenu({ viewer }: { viewer: { name: string; balanceMicros: string } }) {
  return (
    <DropPanel
      label={`Account of ${viewer.name}`}
      button={
        <>
          <CircleUser aria-hidden className="size-4.5" />
          <span className="hidden max-w-32 truncate lg:inline">{viewer.name}</span>
          <ChevronDown aria-hidden className="size-3.5 text-muted transition-transform group-open/drop:rotate-180" />
        </>
      }
      buttonClassName="flex h-9 items-center gap-1.5 rounded-md px-2 hover:bg-hover"
      panelClassName="right-0 w-60"
    >
      <p className="truncate px-2.5 pt-1 pb-2 font-medium" title={viewer.name}>
        {viewer.name}
      </p>
      <ul className="border-line border-t pt-1.5">
        <li>
          <Link href="/wallet" className={ROW}>
            <Wallet aria-hidden />
            Wallet
            <Money micros={viewer.balanceMicros} cents className="ml-auto text-muted" />
          </Link>
        </li>
        <li>
          <Link href="/host/earnings" className={ROW}>
            <ChartColumn aria-hidden />
            Earnings
          </Link>
        </li>
        <li>
          <Link href="/messages" prefetch={false} className={ROW}>
            <MessageSquare aria-hidden />
            Messages
          </Link>
        </li>
        <li>
          <Link href="/account" className={ROW}>
            <Settings aria-hidden />
            Settings
          </Link>
        </li>
        <li>
          <Link href="/sign-out" prefetch={false} className={ROW}>
            <LogOut aria-hidden />
            Sign out
          </Link>
        </li>
      </ul>
    </DropPanel>
  );
}
