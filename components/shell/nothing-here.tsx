'use client';

import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';

/** The page for what is not there. Every page brings it along for the case, so it travels as its name only. */
export function NothingHere() {
  return (
    <>
      <PageHeader
        title="There is nothing here that you may see"
        lede="Check the address, or sign in with the account it belongs to."
      />
      <div className="flex flex-wrap gap-2">
        <LinkButton href="/gpus" variant="primary">
          Look for GPUs
        </LinkButton>
        <LinkButton href="/sign-in">Sign in</LinkButton>
      </div>
    </>
  );
}
