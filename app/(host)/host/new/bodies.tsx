import Link from 'next/link';
import type { ReactNode } from 'react';
import { SelfTestList } from '#components/machine/self-test-list.tsx';
import { ActionForm } from '#components/ui/action-form.tsx';
import { CopyBox } from '#components/ui/copy-box.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Money } from '#components/ui/money.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { OnboardingStep, OnboardingStepName } from '#lib/agents/onboarding.ts';
import type { Onboarding } from '#lib/agents/queries/onboarding.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import type { OwnMachine } from '#lib/catalogue/queries/machines.ts';
import { TermsForm } from '../_host/terms-form.tsx';
import { TestAgain } from '../_host/test-again.tsx';
import { publishNew } from '../actions.ts';
import { NewCode } from './new-code.tsx';

type Shown = { onboarding: Onboarding; steps: readonly OnboardingStep[]; now: Date };

/** What stands under each step, as far as it is its time. */
export function stepBodies({ onboarding, steps, now }: Shown): Partial<Record<OnboardingStepName, ReactNode>> {
  const { machine, facts, publicUrl } = onboarding;
  const state = (name: OnboardingStepName) => steps.find((step) => step.name === name)?.state ?? 'later';
  const open = (name: OnboardingStepName) => ['act', 'failed', 'wait'].includes(state(name));
  return {
    account: open('account') && !facts.suspended && <LinkButton href="/confirm">How to confirm</LinkButton>,
    agent: open('agent') && <AgentBody publicUrl={publicUrl} code={facts.code} />,
    contact: machine === null ? state('contact') === 'wait' && <NoContactHelp /> : <ContactBody machine={machine} />,
    selfTest: machine !== null && state('selfTest') !== 'later' && <SelfTestBody machine={machine} now={now} />,
    price: machine !== null && <PriceBody machine={machine} now={now} open={open('price')} />,
    calendar: machine !== null && (
      <LinkButton href={`/host/machines/${machine.id}/calendar`} size="sm">
        {state('calendar') === 'done' ? 'Change hours and terms' : 'Set hours and terms'}
      </LinkButton>
    ),
    listed: machine !== null && <ListedBody machine={machine} state={state('listed')} />,
    payout: open('payout') && (
      <LinkButton href="/host/payouts" size="sm">
        Set up payouts
      </LinkButton>
    ),
  };
}

function AgentBody({ publicUrl, code }: { publicUrl: string; code: Onboarding['facts']['code'] }) {
  return (
    <div className="space-y-2">
      <NewCode publicUrl={publicUrl} another={code !== null} />
      {code?.state === 'waiting' && (
        <p className="text-muted text-sm">
          A code waits for its machine and expires <TimeAgo at={code.expiresAt} />. It is shown only when it is made: if
          you lost the line, make another one.
        </p>
      )}
      {code?.state === 'expired' && (
        <p className="text-muted text-sm">
          The last one expired <TimeAgo at={code.expiresAt} />.
        </p>
      )}
    </div>
  );
}

function NoContactHelp() {
  return (
    <details className="text-sm">
      <summary className="link inline-flex min-h-6 items-center">It does not appear?</summary>
      <div className="mt-2 space-y-3">
        <p className="text-muted">
          The line ends with a sentence that says what is wrong, if something is. On the machine, look at the service:
        </p>
        <CopyBox label="State of the agent" text="systemctl status sublet-agent" />
        <CopyBox label="Its last words" text="journalctl -u sublet-agent -n 50 --no-pager" />
      </div>
    </details>
  );
}

function ContactBody({ machine }: { machine: OwnMachine }) {
  const [first] = machine.gpus;
  return (
    <div className="space-y-2 text-sm">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Link href={`/host/machines/${machine.id}`} className="link font-semibold [overflow-wrap:anywhere]">
          {machine.name}
        </Link>
        {machine.simulated && <SimulatedBadge />}
        <span className="text-muted">
          {first === undefined ? 'no GPU found' : gpuLabel(machine.gpus.length, first.model)}
          {machine.lastSyncAt !== null && (
            <>
              {' '}
              · heard <TimeAgo at={machine.lastSyncAt} />
            </>
          )}
        </span>
      </p>
      {machine.health === 'offline' && <NoContactHelp />}
    </div>
  );
}

function SelfTestBody({ machine, now }: { machine: OwnMachine; now: Date }) {
  const { selfTest } = machine;
  const passed = selfTest?.passed === true;
  return (
    <div className="space-y-3">
      {selfTest !== null &&
        (passed ? (
          <details>
            <summary className="link inline-flex min-h-6 items-center text-sm">What was checked</summary>
            <div className="mt-2">
              <SelfTestList test={selfTest} fixes />
            </div>
          </details>
        ) : (
          <SelfTestList test={selfTest} fixes />
        ))}
      <TestAgain machine={machine} now={now} />
    </div>
  );
}

function PriceBody({ machine, now, open }: { machine: OwnMachine; now: Date; open: boolean }) {
  const { listing } = machine;
  if (open || listing === null) return <TermsForm machine={machine} now={now} />;
  return (
    <details>
      <summary className="link inline-flex min-h-6 items-center text-sm">
        <Money micros={listing.priceMicrosPerGpuHour} per="GPU-hour" />
        <span className="ml-1">· change</span>
      </summary>
      <div className="mt-3">
        <TermsForm machine={machine} now={now} />
      </div>
    </details>
  );
}

function ListedBody({ machine, state }: { machine: OwnMachine; state: OnboardingStep['state'] }) {
  if (state === 'done' && machine.listing !== null)
    return <LinkButton href={`/gpus/${machine.listing.id}`}>See it as a renter</LinkButton>;
  if (machine.listing === null || machine.listing.state === 'published') return null;
  return (
    <ActionForm action={publishNew}>
      <input type="hidden" name="machineId" value={machine.id} />
      <SubmitButton pendingLabel="Publishing…" disabledReason={machine.whyNotPublish?.sentence}>
        Publish
      </SubmitButton>
    </ActionForm>
  );
}
