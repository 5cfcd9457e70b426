'use client';

import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';

export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <>
      <PageHeader title="This page failed" />
      <Callout
        tone="bad"
        role="alert"
        title="That is our fault, not yours. Nothing was changed."
        action={
          <>
            <Button variant="primary" onClick={reset}>
              Try again
            </Button>
            <LinkButton href="/">Front page</LinkButton>
          </>
        }
      >
        <p>What you rent keeps running.</p>
        {error.digest && <p className="text-muted">If you report it, name error {error.digest}.</p>}
      </Callout>
    </>
  );
}
