'use client';

import { type FormEvent, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { Input, Textarea } from '#components/ui/controls.tsx';
import { FactList } from '#components/ui/fact-list.tsx';
import { Field } from '#components/ui/field.tsx';
import type { VerifiedReceipt } from '#protocol/receipt.ts';
import type { CheckedReceipt } from './check-file.ts';

/** Checks a receipt against this log's key in the browser, with the code of the verifier: what stands in its fields, also when it was written before scripts ran. */
export function CheckReceipt({ logKey }: { logKey: string }) {
  const receipt = useRef<HTMLTextAreaElement>(null);
  const [outcome, setOutcome] = useState<CheckedReceipt | { readonly state: 'none' | 'working' }>({ state: 'none' });

  async function check(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const written = (name: string) => String(form.get(name) ?? '');
    setOutcome({ state: 'working' });
    const { checkReceipt } = await import('./check-file.ts');
    setOutcome(await checkReceipt(written('receipt'), written('entry').trim(), logKey));
  }

  async function take(file: File | undefined) {
    const text = await file?.text();
    if (text !== undefined && receipt.current !== null) receipt.current.value = text;
  }

  return (
    <form className="space-y-4" onSubmit={check}>
      <Field label="A receipt, or a proof (c2sp.org/tlog-proof)" id="receipt">
        {(aria) => (
          <Textarea
            ref={receipt}
            name="receipt"
            rows={5}
            spellCheck={false}
            required
            className="font-mono text-xs"
            {...aria}
          />
        )}
      </Field>
      <label className="block max-w-md text-sm">
        <span className="mb-1.5 block text-muted">Or its file</span>
        <input
          type="file"
          accept="application/json,text/plain,.json,.txt"
          className="block w-full text-sm file:mr-3 file:min-h-9 file:rounded-md file:border file:border-line-control file:bg-surface file:px-3"
          onChange={(event) => void take(event.target.files?.[0])}
        />
      </label>
      <Field
        label="Digest of its entry (64 hex digits)"
        id="receipt-entry"
        hint="Only for a proof alone, which does not say what it is of."
      >
        {(aria) => <Input name="entry" spellCheck={false} autoComplete="off" {...aria} />}
      </Field>
      <Button type="submit">Check</Button>
      <noscript>
        <p className="text-muted text-sm">This needs JavaScript; looking an entry up below does not.</p>
      </noscript>
      <div aria-live="polite">
        {outcome.state === 'working' && <p className="text-muted">Checking…</p>}
        {outcome.state === 'wrong' && (
          <Callout tone="bad" title={`Wrong: ${outcome.record}`}>
            {outcome.why}
          </Callout>
        )}
        {outcome.state === 'right' && <Right receipt={outcome.receipt} />}
      </div>
    </form>
  );
}

function Right({ receipt }: { receipt: VerifiedReceipt }) {
  const { statement, agreed } = receipt;
  return (
    <>
      <Callout tone="good" title={`It is in the log: entry ${receipt.index} of ${receipt.logSize}`}>
        {statement === null
          ? 'The proof leads from this digest to a head that the log signed.'
          : 'The statement is, to the byte, what stands in the log. That the machine signed it is what the bill shows.'}
      </Callout>
      {statement !== null && (
        <FactList
          className="mt-3 max-w-md"
          facts={[
            { label: 'Statement', value: statement.sequence },
            { label: 'Machine', value: statement.machineId },
            { label: 'From', value: statement.startsAt },
            { label: 'To', value: statement.endsAt },
            { label: 'GPU time', value: `${statement.gpuSeconds} GPU-s` },
            { label: 'Countersigned', value: agreed === null ? 'host only' : `up to statement ${agreed}` },
          ]}
        />
      )}
    </>
  );
}
