import { redirect } from 'next/navigation';
import { signedInUser } from '#app/_edge/actor.ts';
import { ActionForm } from '#components/ui/action-form.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { Narrow } from '../_parts/narrow.tsx';
import { leave } from './actions.ts';

export const metadata = { title: 'Sign out' };

/** A button, because opening a page must not change anything. */
export default async function SignOutPage() {
  const user = await signedInUser();
  if (user === null) redirect('/');
  return (
    <Narrow
      title="Sign out"
      lede={
        <>
          You are signed in as <strong className="break-all font-medium text-ink">{user.email}</strong>. What you rent
          goes on.
        </>
      }
    >
      <ActionForm action={leave}>
        <div className="flex flex-wrap gap-2">
          <SubmitButton pendingLabel="Signing out…">Sign out</SubmitButton>
          <LinkButton href="/account" variant="ghost">
            Stay
          </LinkButton>
        </div>
      </ActionForm>
    </Narrow>
  );
}
