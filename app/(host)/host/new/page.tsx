import type { Metadata } from 'next';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { hostCalls } from '#components/api/host-calls.ts';
import { PriceAdvice } from '#components/listing/price-advice.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { currentStep, onboardingSteps } from '#lib/agents/onboarding.ts';
import { onboardingOf } from '#lib/agents/queries/onboarding.ts';
import { theWorld } from '#lib/base/time.ts';
import { priceAdvice } from '#lib/catalogue/queries/price-advice.ts';
import { payoutsPage } from '#lib/payments/queries/payouts.ts';
import { stepBodies } from './bodies.tsx';
import { Checklist } from './checklist.tsx';

export const metadata: Metadata = { title: 'List a machine' };

type Params = Promise<Record<string, string | string[] | undefined>>;

const word = (value: string | string[] | undefined) => (typeof value === 'string' ? value.slice(0, 64) : undefined);

export default async function NewMachine({ searchParams }: { searchParams: Params }) {
  const actor = await requireActor();
  const now = theWorld.now();
  const asked = await searchParams;
  const [onboarding, payouts] = await Promise.all([
    seen(onboardingOf(actor, { machineId: word(asked.machine), besides: word(asked.besides) }, now)),
    payoutsPage(actor, now),
  ]);
  const { machine, machineCount } = onboarding;
  const payout = { provider: payouts.provider, ...payouts.account };
  const steps = onboardingSteps({ ...onboarding.facts, payout });
  const done = steps.filter(({ state }) => state === 'done').length;
  return (
    <>
      <PageHeader
        title={machine === null ? 'List a machine' : `List ${machine.name}`}
        trail={[{ href: '/host', label: 'Host' }]}
        badges={<LiveRefresh url="/api/v1/events" events={['change']} showStatus />}
        lede={`${done} of ${steps.length} done. Each step follows what is true now: leave when you like and come back to where you were.`}
        actions={
          machine !== null && <LinkButton href={`/host/new?besides=${machine.id}`}>List another machine</LinkButton>
        }
      />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Checklist steps={steps} current={currentStep(steps)} bodies={stepBodies({ onboarding, steps, now })} />
        <div className="min-w-0 space-y-6">
          {machine !== null && (
            <PriceAdvice
              advice={await priceAdvice(actor, machine.id, now)}
              asked={asked}
              fieldId="price"
              keep={{ machine: machine.id }}
            />
          )}
          <Panel title="What the line does">
            <ul className="list-disc space-y-1.5 pl-5 text-sm marker:text-muted">
              <li>Linux with Docker, x64 or arm64. The machine dials out: no open port, no fixed address.</li>
              <li>Brings its own Node runtime from this market if the machine has none, checked by SHA-256.</li>
              <li>Installs the agent as a service. It survives a reboot with its identity and its containers.</li>
              <li>Makes two keys on the machine. Their private halves never leave it.</li>
              <li>Describes the machine and tests it: you see each check here, with the way to mend what fails.</li>
              <li>Offers nothing by itself. You set the price and publish.</li>
              <li>
                <code className="font-mono">sudo sublet-agent uninstall</code> removes it without a trace, and retires
                the machine here.
              </li>
            </ul>
          </Panel>
          {machineCount > 0 && (
            <p className="text-muted text-sm">
              You have {machineCount === 1 ? 'one machine' : `${machineCount} machines`} here.{' '}
              <a className="link" href="/host">
                See them
              </a>
            </p>
          )}
          <AsApiCall calls={[hostCalls.newCode(), hostCalls.onboarding(machine?.id ?? null)]} />
        </div>
      </div>
    </>
  );
}
