import { Callout } from '#components/ui/callout.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { UnlessAt } from './unless-at.tsx';

type Account = {
  readonly emailConfirmed: boolean;
  readonly suspended: boolean;
  readonly suspendedReason: string | null;
  readonly deletionDueAt: Date | null;
};

/** What stands between somebody and using their account, above every page. Drawn by the server: most people never see any of it. */
export function AccountBanner({ account }: { account: Account | null }) {
  if (account === null) return null;
  if (account.suspended)
    return (
      <Callout tone="bad" title="This account is suspended" className="mb-6">
        <p>
          You can look, and end what runs, but begin nothing new.
          {account.suspendedReason !== null && ` Reason given: ${account.suspendedReason}`}
        </p>
      </Callout>
    );
  const unconfirmed = account.emailConfirmed ? null : <Unconfirmed />;
  if (account.deletionDueAt === null) return unconfirmed;
  return (
    <UnlessAt paths={['/account/data']} instead={unconfirmed}>
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
    </UnlessAt>
  );
}

function Unconfirmed() {
  return (
    <UnlessAt paths={['/confirm', '/mail']}>
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
    </UnlessAt>
  );
}
