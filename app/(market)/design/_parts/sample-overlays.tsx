'use client';

import { Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Menu } from '#components/ui/menu.tsx';

export function SampleOverlays() {
  const [done, setDone] = useState('');
  return (
    <>
      <Dialog trigger="Show the price" title="What it costs" description="Each line as it will be billed.">
        <p>2 GPUs × 10 hours × $1.865.</p>
      </Dialog>
      <ConfirmDialog
        trigger="End booking…"
        title="End ada-train-7?"
        consequences={[
          'The container and its disk are deleted. This cannot be undone.',
          'Billed so far: $3.42. What is left of the hold, $4.58, goes back to your wallet.',
        ]}
        typeToConfirm="ada-train-7"
        confirmLabel="End booking"
        action={async () => ({ ok: true })}
        onDone={() => setDone('ada-train-7 has ended.')}
      />
      <Menu
        label="More actions"
        entries={[
          { label: 'Rename', icon: <Pencil aria-hidden />, onSelect: () => setDone('Renamed.') },
          { label: 'See the machine', href: '/gpus' },
          'line',
          { label: 'Delete', icon: <Trash2 aria-hidden />, danger: true, onSelect: () => setDone('Deleted.') },
          { label: 'Move', disabledReason: 'No equal machine is free.', onSelect: () => undefined },
        ]}
      />
      <span role="status" className="text-muted">
        {done}
      </span>
    </>
  );
}
