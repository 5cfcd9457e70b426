import type { Metadata } from 'next';
import type { ReactNode } from 'react';

export const metadata: Metadata = {
  title: { default: 'Admin', template: '%s · Admin · Sublet' },
  robots: { index: false },
};

/** The desk of staff. Each page and each query asks again whether the viewer is an admin: a layout guards nothing. */
export default function StaffLayout({ children }: { children: ReactNode }) {
  return <div className="grid grid-cols-[minmax(0,1fr)] gap-6 [&>header]:mb-0">{children}</div>;
}
