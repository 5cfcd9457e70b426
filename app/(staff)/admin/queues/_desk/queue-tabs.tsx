import { Tabs } from '#components/ui/tabs.tsx';
import { CASE_KINDS, type CaseKind } from '#lib/desk/case.ts';
import { QUEUES, type QueueSummary } from '#lib/trust/case-view.ts';

/** The way between the queues, each with how many wait. */
export function QueueTabs({ queues, current }: { queues: readonly QueueSummary[]; current: CaseKind }) {
  const waiting = new Map(queues.map((queue) => [queue.kind, queue.waiting]));
  return (
    <Tabs
      label="Queues"
      className="mt-1"
      tabs={CASE_KINDS.map((kind) => ({
        href: QUEUES[kind].path,
        label: QUEUES[kind].name,
        count: waiting.get(kind) ?? 0,
        current: kind === current,
      }))}
    />
  );
}
