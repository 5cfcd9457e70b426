'use client';

import Link from 'next/link';
import { CopyBox } from '#components/ui/copy-box.tsx';
import { TextareaField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';

export type ShownKey = { readonly name: string; readonly fingerprint: string };

/** Whom the rental lets in; asked for here when there is no key yet. */
export function KeyFields({ keys }: { keys: readonly ShownKey[] }) {
  if (keys.length > 0) return <Known keys={keys} />;
  return (
    <Panel title="Your SSH key" description="It opens what you rent. The private half stays on your computer.">
      <div className="space-y-4">
        <TextareaField
          name="publicKey"
          label="Public key"
          mono
          rows={3}
          required
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          placeholder="ssh-ed25519 AAAA… you@laptop"
          hint="The line of a .pub file. It is added to your account when you book."
        />
        <details className="rounded-md border border-line">
          <summary className="flex min-h-9 items-center px-3 text-sm hover:bg-hover">
            I have none, or do not know
          </summary>
          <div className="border-line border-t px-3 py-3.5">
            <CopyBox
              label="In a terminal: makes one if there is none, and shows its public half"
              text="test -f ~/.ssh/id_ed25519 || ssh-keygen -t ed25519 -f ~/.ssh/id_ed25519; cat ~/.ssh/id_ed25519.pub"
            />
          </div>
        </details>
      </div>
    </Panel>
  );
}

function Known({ keys }: { keys: readonly ShownKey[] }) {
  return (
    <Panel
      title="Who can connect"
      actions={
        <Link href="/account/keys" className="link inline-flex min-h-6 items-center text-sm">
          Change keys
        </Link>
      }
    >
      <ul className="space-y-1.5 text-sm">
        {keys.map((key) => (
          <li key={key.fingerprint} className="flex flex-wrap items-baseline justify-between gap-x-4">
            <span className="min-w-0 [overflow-wrap:anywhere]">{key.name}</span>
            <span className="break-all font-mono text-muted text-xs">{key.fingerprint}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
