'use client';

import { useEffect, useState } from 'react';
import { CopyBox } from '#components/ui/copy-box.tsx';

/** The same facts by the public API: a line for a terminal. `path` begins after `/api/v1`. */
export function ApiHint({ path }: { path: string }) {
  const [origin, setOrigin] = useState('');
  useEffect(() => setOrigin(location.origin), []);
  return (
    <details className="rounded-xl border border-line bg-surface text-sm">
      <summary className="flex min-h-10 items-center px-4 font-medium hover:bg-hover sm:px-5">
        The same by the API
      </summary>
      <div className="border-line border-t px-4 py-3.5 sm:px-5">
        <CopyBox
          label="With a token from your account page"
          text={`curl -H "Authorization: Bearer $SUBLET_TOKEN" ${origin}/api/v1${path}`}
        />
      </div>
    </details>
  );
}
