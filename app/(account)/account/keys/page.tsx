import { requireActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { readingCalls } from '#components/api/reading-calls.ts';
import { PageHeader } from '#components/ui/page-header.tsx';
import { clientKeysOf } from '#lib/auth/queries/client-keys.ts';
import { sshKeysOf } from '#lib/auth/queries.ts';
import { ClientKeysPanel } from './client-keys-panel.tsx';
import { KeysPanel } from './keys-panel.tsx';

export const metadata = { title: 'SSH keys' };

export default async function KeysPage() {
  const actor = await requireActor();
  const [keys, clientKeys] = await Promise.all([sshKeysOf(actor), clientKeysOf(actor)]);
  return (
    <>
      <PageHeader title="SSH keys" lede="What opens your rentals, and what countersigns their bills." />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        <KeysPanel keys={keys} />
        <ClientKeysPanel keys={clientKeys} />
        <AsApiCall calls={[readingCalls.sshKeys()]} />
      </div>
    </>
  );
}
