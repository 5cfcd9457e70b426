'use client';

import { useActionState } from 'react';
import { CopyBox } from '#components/ui/copy-box.tsx';
import { ErrorSummary } from '#components/ui/error-summary.tsx';
import { EMPTY_FORM } from '#components/ui/form-state.ts';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { installLine } from '#lib/agents/install-line.ts';
import { makeCode } from '../actions.ts';

/** Makes a one-time code and shows the line to paste. The code is shown once: only its hash is kept. */
export function NewCode({ publicUrl, another }: { publicUrl: string; another: boolean }) {
  const [state, send] = useActionState(makeCode, EMPTY_FORM);
  const code = state.ok ? state.message : undefined;
  return (
    <form action={send} className="space-y-3">
      <ErrorSummary state={state} />
      {code === undefined ? (
        <p className="text-sm">You get a line with a code that enrols one machine, once, within the hour.</p>
      ) : (
        <div role="status" className="space-y-2">
          <CopyBox label="Run as root, or with sudo" text={installLine(publicUrl, code)} />
          <p className="text-muted text-sm">The code is shown only now. For another machine, make another one.</p>
        </div>
      )}
      <SubmitButton variant={code === undefined ? 'primary' : 'secondary'} pendingLabel="Making a code…">
        {code === undefined && !another ? 'Make a code' : 'Make another code'}
      </SubmitButton>
    </form>
  );
}
