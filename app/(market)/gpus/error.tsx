'use client';

import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';

/** A search that failed: what was chosen is in the address and stays there. */
export default function SearchError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <>
      <PageHeader title="Rent GPUs" />
      <Callout
        tone="bad"
        role="alert"
        title="The offers could not be read"
        action={
          <Button variant="primary" onClick={reset}>
            Search again
          </Button>
        }
      >
        <p>
          That is our fault. Your filters are in the address of this page, so nothing of them is lost; what you rent
          keeps running.
        </p>
        {error.digest && <p className="text-muted">If you report it, name error {error.digest}.</p>}
      </Callout>
    </>
  );
}
