import { Panel } from '#components/ui/panel.tsx';
import { formatSpan } from '#lib/catalogue/span-words.ts';

type CancellingProps = {
  /** Of a reserved window, in the host's words. */
  sentence: string;
  maintenanceNoticeSeconds: number;
};

/** What ending costs, and who else may end it: before anybody books. */
export function Cancelling({ sentence, maintenanceNoticeSeconds }: CancellingProps) {
  return (
    <Panel title="Ending and giving back">
      <dl className="space-y-3 text-sm">
        <Term name="On demand">
          End it whenever you like: the second you end it is the last one billed. Before the shell answers it costs
          nothing at all.
        </Term>
        <Term name="Stopped">
          The GPUs go back, the disk is kept at its price, and you start again when one is free.
        </Term>
        <Term name="Reserved">{sentence}</Term>
        <Term name="By the host">
          They may break a rental off with an hour of notice, in which nothing is billed; it counts against their
          reliability. Maintenance is announced {formatSpan(maintenanceNoticeSeconds)} before.
        </Term>
        <Term name="When money runs out">
          The GPUs go back and the disk is kept for a day, which is set aside from the start.
        </Term>
      </dl>
    </Panel>
  );
}

function Term({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-x-4 sm:grid-cols-[9rem_minmax(0,1fr)]">
      <dt className="font-medium">{name}</dt>
      <dd className="text-muted">{children}</dd>
    </div>
  );
}
