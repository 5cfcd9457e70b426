'use client';

import { useEffect, useState } from 'react';
import { CopyBox } from '#components/ui/copy-box.tsx';
import { type ApiCall, curlOf } from './curl.ts';

type AsApiCallProps = {
  /** What the page shows and does, from `calls.ts`: each is checked against the document of the API. */
  calls: readonly ApiCall[];
  /** Without a frame of its own: inside a panel or a dialog. */
  bare?: boolean | undefined;
};

/** The same as the page by the public API, as lines for a terminal. Folded away until somebody wants it. */
export function AsApiCall({ calls, bare }: AsApiCallProps) {
  const [origin, setOrigin] = useState('');
  useEffect(() => setOrigin(location.origin), []);
  return (
    <details
      className={
        bare
          ? 'min-w-0 rounded-md border border-line text-sm'
          : 'min-w-0 rounded-xl border border-line bg-surface text-sm'
      }
    >
      <summary className={`flex min-h-10 items-center font-medium hover:bg-hover ${bare ? 'px-3' : 'px-4 sm:px-5'}`}>
        <span aria-hidden className="mr-2 font-mono text-muted text-xs">
          &lt;/&gt;
        </span>
        As an API call
      </summary>
      <div className={`space-y-4 border-line border-t py-3.5 ${bare ? 'px-3' : 'px-4 sm:px-5'}`}>
        {calls.map((call) => (
          <CopyBox key={`${call.method} ${call.path} ${call.label}`} label={call.label} text={curlOf(call, origin)} />
        ))}
        <p className="text-muted text-xs">
          <code className="font-mono">SUBLET_TOKEN</code> holds a token from your account page.
        </p>
      </div>
    </details>
  );
}
