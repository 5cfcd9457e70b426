'use client';

import { ActionForm } from '#components/ui/action-form.tsx';
import { InputField, TextareaField } from '#components/ui/form-fields.tsx';
import type { FormAction } from '#components/ui/form-state.ts';
import { SubmitButton } from '#components/ui/submit-button.tsx';

/** Adds an SSH public key to the account: on the account page, and where somebody books without having one. */
export function AddKeyForm({ action }: { action: FormAction }) {
  return (
    <ActionForm action={action} resetOnSuccess>
      <div className="space-y-4">
        <TextareaField
          name="publicKey"
          label="Public key"
          hint={
            <>
              The line of a .pub file, like <code className="font-mono">~/.ssh/id_ed25519.pub</code>. None yet? Run{' '}
              <code className="font-mono">ssh-keygen -t ed25519</code>. The private key stays with you.
            </>
          }
          mono
          rows={3}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          placeholder="ssh-ed25519 AAAA… you@laptop"
          required
        />
        <InputField name="name" label="Name" hint="Taken from the key when left empty." maxLength={100} optional />
        <SubmitButton variant="secondary" pendingLabel="Adding…">
          Add key
        </SubmitButton>
      </div>
    </ActionForm>
  );
}
