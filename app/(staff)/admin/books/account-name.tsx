import Link from 'next/link';
import { LongName } from '#components/ui/long-name.tsx';
import type { AccountKind } from '#lib/ledger/account.ts';
import { accountWords } from './words.ts';

type AccountNameProps = {
  account: {
    readonly id: string;
    readonly kind: AccountKind;
    readonly owner: { readonly id: string; readonly name: string } | null;
  };
};

/** An account by what it is for and whose it is, with the way to what moved through it. */
export function AccountName({ account }: AccountNameProps) {
  return (
    <span className="inline-flex min-w-28 max-w-64 flex-col [overflow-wrap:anywhere]">
      <span>
        <Link
          className="link inline-flex min-h-6 items-center"
          href={`/admin/books/transfers?account=${account.id}`}
          prefetch={false}
        >
          {accountWords(account.kind)}
        </Link>
      </span>
      {account.owner !== null && <LongName className="text-muted text-xs" name={account.owner.name} />}
    </span>
  );
}
