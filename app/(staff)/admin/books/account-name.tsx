import Link from 'next/link';
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
    <span className="inline-flex max-w-64 flex-col break-words">
      <Link className="link" href={`/admin/books/transfers?account=${account.id}`} prefetch={false}>
        {accountWords(account.kind)}
      </Link>
      {account.owner !== null && (
        <Link className="link text-muted text-xs" href={`/admin/people/${account.owner.id}`} prefetch={false}>
          {account.owner.name}
        </Link>
      )}
    </span>
  );
}
