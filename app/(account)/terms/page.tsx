import { signedInUser } from '#app/_edge/actor.ts';
import { ActionForm } from '#components/ui/action-form.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { TERMS_VERSION } from '#lib/auth/user.ts';
import { type Asked, NextField, nextOf } from '../_parts/next-field.tsx';
import { TermsCheckbox } from '../_parts/terms-checkbox.tsx';
import { accept } from './actions.ts';

export const metadata = { title: 'Terms' };

const SECTIONS: readonly (readonly [title: string, ...paragraphs: string[]])[] = [
  [
    'What this market does',
    'It brings hosts, who offer machines with GPUs, and renters, who use them, together; keeps the account of what was used and what it cost; and relays connections. The contract of a rental is between renter and host.',
  ],
  [
    'What is billed',
    'A rental is billed by the second, from the moment its shell can be reached, at the price that stood in the quote. Every billed second is covered by a statement that the host’s machine signed; a second without one is not billed. The fee of the market is a stated share of the price and not added to it.',
    'While a rental is stopped its disk is kept at the price in the quote. When the money runs out the rental is stopped, its disk is kept for a day, and then deleted.',
  ],
  [
    'What renters do',
    'You use machines for what is lawful where you and the host are. You do not attack other machines or networks, send unasked mail, break into anything, mine on stolen money, or try to leave the container that you rent.',
    'You keep copies of what matters to you. A machine can fail, and a host can end a rental with notice.',
  ],
  [
    'What hosts do',
    'You offer machines that are yours to offer, describe them truly, and do not read, copy or keep what renters store or compute on them. When a rental ends its data is deleted.',
    'You may end a rental with a reason. The time after your notice is not billed, and your reliability shows it.',
  ],
  [
    'What isolation there is',
    'A container of a stranger on a machine of a stranger: the host can technically see what runs there, and containers separate less than virtual machines. Put no secret on a machine that its host must not see.',
  ],
  [
    'Suspension',
    'The staff of this market may suspend accounts and listings that break these terms, with a reason that their owner reads. What runs goes on, or is ended with a refund.',
  ],
  [
    'Your data',
    'The market stores what an account needs: name, e-mail address, a hash of the password, public keys, sessions with their network address, and the record of rentals and money, which cannot be changed afterwards.',
  ],
];

export default async function TermsPage({ searchParams }: { searchParams: Asked }) {
  const [user, next] = await Promise.all([signedInUser(), nextOf(searchParams)]);
  return (
    <div className="mx-auto w-full max-w-[44rem]">
      <PageHeader title="Terms of this market" lede={`Version ${TERMS_VERSION}`} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        {user !== null && !user.termsCurrent && (
          <Callout tone="warn" title="These terms are new">
            <p>Read them and accept them at the end of this page to go on.</p>
          </Callout>
        )}
        <Callout>
          <p>
            These are the terms that come with the software. Whoever runs a market puts their own in their place, with
            their name and the law that applies.
          </p>
        </Callout>
        {SECTIONS.map(([title, ...paragraphs]) => (
          <section key={title} className="space-y-2">
            <h2 className="font-semibold text-lg">{title}</h2>
            {paragraphs.map((text) => (
              <p key={text}>{text}</p>
            ))}
          </section>
        ))}
        {user !== null && !user.termsCurrent && (
          <Panel>
            <ActionForm action={accept}>
              <NextField next={next} />
              <input type="hidden" name="version" value={TERMS_VERSION} />
              <div className="space-y-4">
                <TermsCheckbox />
                <SubmitButton pendingLabel="Accepting…">Accept</SubmitButton>
              </div>
            </ActionForm>
          </Panel>
        )}
      </div>
    </div>
  );
}
