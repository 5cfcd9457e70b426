'use client';

import { usePathname } from 'next/navigation';
import { Callout } from '#components/ui/callout.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';

/** What stands between somebody and using their account, above every page. */
export function AccountBanner({
  account,
}: {
  account: {
    emailConfirmed: boolean;
    suspended: boolean;
    suspendedReason: string | null;
    deletionDueAt: Date | null;
  } | null;
}) {
  const path = usePathname();
  if (account?.suspended)
    return (
      <Callout tone="bad" title="This account is suspended" className="mb-6">
        <p>
          You can look, and end what runs, but begin nothing new.
          {account.suspendedReason !== null && ` Reason given: ${account.suspendedReason}`}
        </p>
      </Callout>
    );
  if (account?.deletionDueAt && path !== '/account/data')
    return (
      <Callout
        tone="warn"
        title="This account is about to be deleted"
        className="mb-6"
        action={
          <LinkButton href="/account/data" size="sm">
            Take it back
          </LinkButton>
        }
      >
        <p>
          It goes <TimeAgo at={account.deletionDueAt} />. Until then you can look, but begin nothing new.
        </p>
      </Callout>
    );
  if (account?.emailConfirmed === false && path !== '/confirm' && path !== '/mail')
    return (
      <Callout
        tone="warn"
        title="Confirm your e-mail address"
        className="mb-6"
        action={
          <LinkButton href="/confirm" size="sm">
            How
          </LinkButton>
        }
      >
        <p>Until then you can look around, but neither rent nor rent out.</p>
      </Callout>
    );
  return null;
}
