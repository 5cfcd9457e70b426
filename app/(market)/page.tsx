import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';

export default function Landing() {
  return (
    <>
      <PageHeader title="A market for GPUs that anyone can run" />
      <LinkButton href="/gpus" variant="primary">
        Rent GPUs
      </LinkButton>
    </>
  );
}
