import { ActionForm } from '#components/ui/action-form.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { CopyBox } from '#components/ui/copy-box.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { QrCode } from '#components/ui/qr-code.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { TwoStepState } from '#lib/auth/queries/two-step.ts';
import type { Actor } from '#lib/base/actor.ts';
import { ProofFirst } from '../_parts/proof-first.tsx';
import { dropTwoStep, settleTwoStep, setUpTwoStep } from '../actions.ts';
import { NewCodes } from './new-codes.tsx';

const HERE = '/account/security';

/** Two-step sign-in: setting it up, its recovery codes, switching it off. */
export function TwoStepPanel({ actor, state }: { actor: Actor; state: TwoStepState }) {
  const on = state.since !== null;
  return (
    <Panel
      id="two-step"
      title="Two-step sign-in"
      description="After the password, a code of an app on your phone. Needed for payouts and for staff."
      actions={on ? <StateBadge kind="done">on</StateBadge> : <StateBadge kind="waiting">off</StateBadge>}
    >
      {!state.possible && !on ? (
        <Callout tone="warn" title="This market cannot keep a second step yet">
          <p>Its operators have set no key to seal secrets with (SUBLET_SECRETS_KEY).</p>
        </Callout>
      ) : (
        <ProofFirst actor={actor} next={HERE} to={on ? 'make new recovery codes' : 'switch this on'}>
          {!on && <SetUp again={state.pending !== null} />}
          {(on || state.pending !== null) && (
            <ActionForm action={settleTwoStep} className={on ? undefined : 'mt-5 border-line border-t pt-5'}>
              <NewCodes />
              {state.pending !== null && <Confirm pending={state.pending} />}
              {on && <Codes state={state} />}
            </ActionForm>
          )}
        </ProofFirst>
      )}
      {on && <Off />}
    </Panel>
  );
}

function SetUp({ again }: { again: boolean }) {
  return (
    <ActionForm action={setUpTwoStep}>
      {!again && (
        <p className="mb-4 max-w-[36rem] text-sm">
          Any app for time-based codes will do (RFC 6238): Aegis, 2FAS, Google Authenticator, 1Password, Bitwarden, a
          hardware key’s app. Nothing changes before you have confirmed a code.
        </p>
      )}
      <SubmitButton variant={again ? 'ghost' : 'primary'} size={again ? 'sm' : 'md'} pendingLabel="Making…">
        {again ? 'Start over with another secret' : 'Set up'}
      </SubmitButton>
    </ActionForm>
  );
}

function Confirm({ pending }: { pending: NonNullable<TwoStepState['pending']> }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5 sm:grid-cols-[auto_minmax(0,1fr)]">
      <QrCode
        text={pending.uri}
        label="QR code for your authenticator app; the secret as text stands beside it"
        className="size-48"
      />
      <div className="min-w-0 space-y-4">
        <p className="text-sm">
          1. Read the picture with your app, or{' '}
          <a href={pending.uri} className="link">
            open it on this device
          </a>
          , or type the secret.
        </p>
        <CopyBox label="Secret" text={(pending.secret.match(/.{1,4}/g) ?? []).join(' ')} />
        <p className="text-sm">2. Type the code that it shows now.</p>
        <input type="hidden" name="what" value="confirm" />
        <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
          <InputField
            name="code"
            label="Code"
            autoComplete="one-time-code"
            inputMode="numeric"
            spellCheck={false}
            maxLength={100}
            className="w-40"
            required
          />
          <SubmitButton className="sm:mt-[1.65rem]" pendingLabel="Checking…">
            Switch on
          </SubmitButton>
        </div>
      </div>
    </div>
  );
}

function Codes({ state }: { state: TwoStepState }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <input type="hidden" name="what" value="renew" />
      <p className="min-w-0 flex-1 basis-56 text-sm">
        On since {state.since !== null && <TimeAgo at={state.since} />}.{' '}
        <span className={state.codesLeft <= 2 ? 'font-medium text-warn-ink' : 'text-muted'}>
          {state.codesLeft} of 10 recovery codes left.
        </span>
      </p>
      <SubmitButton variant="secondary" size="sm" pendingLabel="Making…">
        Make new recovery codes
      </SubmitButton>
    </div>
  );
}

function Off() {
  return (
    <details className="mt-5 border-line border-t pt-4">
      <summary className="min-h-6 cursor-pointer text-muted text-sm">Switch it off…</summary>
      <ActionForm action={dropTwoStep} className="mt-4 space-y-4" resetOnSuccess>
        <ul className="mb-4 list-disc space-y-1 pl-5 text-sm marker:text-muted">
          <li>Your password alone signs in then.</li>
          <li>You cannot set up or ask for payouts, nor work as staff, until it is on again.</li>
          <li>The recovery codes are worth nothing any more.</li>
        </ul>
        <InputField
          name="code"
          id="offCode"
          label="Code of the app, or a recovery code"
          autoComplete="one-time-code"
          spellCheck={false}
          maxLength={100}
          className="max-w-72"
          required
        />
        <SubmitButton variant="danger" pendingLabel="Switching off…">
          Switch off
        </SubmitButton>
      </ActionForm>
    </details>
  );
}
