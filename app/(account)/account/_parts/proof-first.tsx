import type { ReactNode } from 'react';
import { Callout } from '#components/ui/callout.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { isProven } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld } from '#lib/base/time.ts';

/** Shows what is dangerous only to somebody who lately proved that it is they; to others, the way to do that and back. */
export function ProofFirst({
  actor,
  next,
  to,
  children,
}: {
  actor: Actor;
  /** The page this stands on. */
  next: string;
  /** What for: "make a token". */
  to: string;
  children: ReactNode;
}) {
  if (isProven(actor, theWorld.now())) return children;
  return (
    <Callout
      title="Is it still you?"
      action={
        <LinkButton href={`/account/prove?next=${encodeURIComponent(next)}`} size="sm">
          Prove it
        </LinkButton>
      }
    >
      <p>You signed in a while ago. Prove that it is you to {to}.</p>
    </Callout>
  );
}
