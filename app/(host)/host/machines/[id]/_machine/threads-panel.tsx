import Link from 'next/link';
import { ThreadTable } from '#components/thread/thread-table.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { Actor } from '#lib/base/actor.ts';
import { threadsOf } from '#lib/trust/queries/threads.ts';

/** The newest threads of a host with whoever rents or rented one machine; nothing before somebody wrote. */
export async function ThreadsPanel({ actor, machineId }: { actor: Actor; machineId: string }) {
  const { rows } = await threadsOf(actor, { machineId, take: 5 });
  if (rows.length === 0) return null;
  return (
    <Panel
      title="Messages"
      flush
      actions={
        <Link className="link inline-flex min-h-6 items-center text-sm" href="/messages">
          All messages
        </Link>
      }
    >
      <ThreadTable rows={rows} />
    </Panel>
  );
}
