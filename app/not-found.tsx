import type { Metadata } from 'next';
import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
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
