import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { signedInUser } from '#app/_edge/actor.ts';
import { mailStaysHere } from '#app/_edge/demo.ts';
import { signInPath } from '#app/_edge/next-path.ts';
import { ActionForm } from '#components/ui/action-form.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { Narrow } from '../_parts/narrow.tsx';
import { type Asked, NextField, nextOf, textOf } from '../_parts/next-field.tsx';
import { confirm, mailAgain } from './actions.ts';

export const metadata: Metadata = { title: 'Confirm your e-mail', robots: { index: false }, referrer: 'same-origin' };

export default async function ConfirmPage({ searchParams }: { searchParams: Asked }) {
  const [next, token, user] = await Promise.all([nextOf(searchParams), textOf(searchParams, 'token'), signedInUser()]);
  if (user?.emailConfirmed)
    return (
      <Narrow title="Your e-mail is confirmed" lede="You can rent GPUs, and rent out your own.">
        <div className="flex flex-wrap gap-2">
          <LinkButton href={next === '/' ? '/gpus' : next} variant="primary">
            {next === '/' ? 'Find a GPU' : 'Go on'}
          </LinkButton>
          <LinkButton href="/account/keys">Add an SSH key</LinkButton>
        </div>
      </Narrow>
    );
  if (token !== '')
    return (
      // A button and not the page itself: programs that look into mail open links, but press nothing.
      <Narrow title="Confirm your e-mail" lede="One press, and this address is yours.">
        <Panel>
          <ActionForm action={confirm}>
            <NextField next={next} />
            <input type="hidden" name="token" value={token} />
            <SubmitButton pendingLabel="Confirming…">Confirm this address</SubmitButton>
          </ActionForm>
        </Panel>
      </Narrow>
    );
  if (user === null) redirect(signInPath('/confirm'));
  return (
    <Narrow
      title="Confirm your e-mail"
      lede={
        <>
          We mailed a link to <strong className="break-all font-medium text-ink">{user.email}</strong>. Until you open
          it you can look around, but neither rent nor rent out.
        </>
      }
    >
      {mailStaysHere() && (
        <Callout title="This demo market sends no mail">
          <p>
            What it would send stands on the{' '}
            <Link href={`/mail?to=${encodeURIComponent(user.email)}`} className="link">
              mail page
            </Link>
            .
          </p>
        </Callout>
      )}
      <Panel>
        <ActionForm action={mailAgain}>
          <div className="flex flex-wrap items-center gap-2">
            <SubmitButton variant="secondary" pendingLabel="Mailing…">
              Mail the link again
            </SubmitButton>
            <LinkButton href={next === '/' ? '/gpus' : next} variant="ghost">
              Later
            </LinkButton>
          </div>
        </ActionForm>
      </Panel>
    </Narrow>
  );
}
