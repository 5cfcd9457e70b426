import type { ReactNode } from 'react';
import { PageHeader } from '#components/ui/page-header.tsx';

/** A page that is one form: narrow, in the middle, the heading above it. */
export function Narrow({ title, lede, children }: { title: string; lede?: ReactNode; children: ReactNode }) {
  return (
    <div className="mx-auto w-full max-w-[26rem] sm:pt-6">
      <PageHeader title={title} lede={lede} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-5">{children}</div>
    </div>
  );
}
