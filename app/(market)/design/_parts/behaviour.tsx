import { Breadcrumbs } from '#components/ui/breadcrumbs.tsx';
import { CopyBox } from '#components/ui/copy-box.tsx';
import { InfoTip } from '#components/ui/info-tip.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { Part, Row } from './part.tsx';
import { SampleOverlays } from './sample-overlays.tsx';

export function BehaviourParts() {
  const now = Date.now();
  return (
    <Part title="Behaviour">
      <Breadcrumbs
        trail={[
          { href: '#bookings', label: 'My bookings' },
          { href: '#booking', label: 'ada-train-7' },
        ]}
      />
      <Row>
        <SampleOverlays />
      </Row>
      <p>
        Seen <TimeAgo at={new Date(now - 200_000)} />, ends <TimeAgo at={new Date(now + 9_000_000)} />. Reliability
        99.94 %{' '}
        <InfoTip
          about="reliability"
          text="Share of the last 30 days’ offered time in which the machine was reachable."
        />{' '}
        Press <Kbd>?</Kbd> for the keys.
      </p>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 lg:grid-cols-2">
        <CopyBox label="SSH command" text="ssh -p 22041 root@gateway.sublet.example" />
        <CopyBox
          label="For ~/.ssh/config"
          text={
            'Host ada-train-7\n  HostName gateway.sublet.example\n  Port 22041\n  User root\n  StrictHostKeyChecking yes\n  UserKnownHostsFile ~/.ssh/known_hosts.sublet'
          }
        />
      </div>
    </Part>
  );
}
