import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Meter } from '#components/ui/meter.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Progress } from '#components/ui/progress.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { SkeletonLines } from '#components/ui/skeleton.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { Steps } from '#components/ui/steps.tsx';
import { Part, Row } from './part.tsx';

export function StateParts() {
  const now = Date.now();
  return (
    <Part title="States and answers">
      <Row>
        <StateBadge kind="waiting">held</StateBadge>
        <StateBadge kind="working" since={new Date(now - 12_000)}>
          pulling image
        </StateBadge>
        <StateBadge kind="running" since={new Date(now - 11_100_000)}>
          running
        </StateBadge>
        <StateBadge kind="warning">unreachable</StateBadge>
        <StateBadge kind="stopped">stopped</StateBadge>
        <StateBadge kind="failed">failed</StateBadge>
        <StateBadge kind="done">ended</StateBadge>
        <SimulatedBadge />
        <Badge tone="accent">cheapest</Badge>
        <Badge>new</Badge>
      </Row>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 lg:grid-cols-2">
        <Callout title="The GPU is free until 14 December">The host has reserved it after that.</Callout>
        <Callout tone="good" title="Topped up" />
        <Callout
          tone="warn"
          title="Money for 25 minutes"
          action={
            <LinkButton href="#main" size="sm">
              Top up
            </LinkButton>
          }
        >
          Then the workload stops. The disk is kept for 7 days.
        </Callout>
        <Callout tone="bad" title="The image could not be pulled" action={<Button size="sm">Try again</Button>}>
          <code className="font-mono">registry.example/nothing:1</code> does not exist. Nothing was charged.
        </Callout>
      </div>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-2">
        <Panel title="Starting your booking" description="Nothing is billed until you can connect.">
          <Steps
            label="Phases of the start"
            steps={[
              { title: 'Held', state: 'done', aside: '0.1 s' },
              { title: 'Accepted by the host', state: 'done', aside: '0.3 s' },
              {
                title: 'Pulling the image',
                state: 'now',
                aside: 'usually 40 s',
                detail: (
                  <Progress
                    label="Pulling the image"
                    value={412}
                    max={980}
                    valueText="412 of 980 MB"
                    showLabel={false}
                  />
                ),
              },
              { title: 'Starting', state: 'next' },
              { title: 'Connectable', state: 'next' },
            ]}
          />
        </Panel>
        <Panel title="Bars and waiting">
          <div className="space-y-5">
            <Progress label="Measuring the disk" />
            <Meter label="VRAM" value={18.2} max={24} valueText="18.2 of 24 GiB" />
            <Meter label="Disk" value={96} max={100} valueText="96 of 100 GiB" tone="warn" />
            <SkeletonLines />
          </div>
        </Panel>
        <Panel>
          <EmptyState
            kind="none"
            title="Nothing matches all of that"
            action={<Button>Drop “price below $0.20”</Button>}
          >
            41 offers match everything but the price.
          </EmptyState>
        </Panel>
        <Panel>
          <EmptyState
            kind="first"
            title="You have booked nothing yet"
            action={
              <LinkButton href="/gpus" variant="primary">
                Rent GPUs
              </LinkButton>
            }
          >
            What you book appears here with its shell, its cost and its end.
          </EmptyState>
        </Panel>
      </div>
    </Part>
  );
}
