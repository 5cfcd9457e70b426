import Link from 'next/link';
import { mailStaysHere } from '#app/_edge/demo.ts';
import { ActionForm } from '#components/ui/action-form.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { Narrow } from '../_parts/narrow.tsx';
import { askForReset } from './actions.ts';

export const metadata = { title: 'Forgot the password' };

export default function ForgotPage() {
  return (
    <Narrow title="Forgot the password" lede="Write the address of your account; we mail a link to set a new one.">
      <Panel
        footer={
          mailStaysHere() ? (
            <>
              This demo market sends no mail: it stands on the{' '}
              <Link href="/mail" className="link">
                mail page
              </Link>
              .
            </>
          ) : undefined
        }
      >
        <ActionForm action={askForReset}>
          <div className="space-y-4">
            <InputField name="email" type="email" label="E-mail" autoComplete="username" required />
            <SubmitButton pendingLabel="Asking…">Mail me a link</SubmitButton>
          </div>
        </ActionForm>
      </Panel>
    </Narrow>
  );
}
