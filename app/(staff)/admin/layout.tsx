import type { Metadata } from 'next';
import type { ReactNode } from 'react';

export const metadata: Metadata = {
  title: { default: 'Admin', template: '%s · Admin · Sublet' },
  robots: { index: false },
};

/** The desk of staff. Each page and each query asks again whether the viewer is an admin: a layout guards nothing. */
export default function StaffLayout({ children }: { children: ReactNode }) {
  // In a column of boxes, not in rows of a grid, the way between the parts of a long page can stay in sight.
  return <div className="flex flex-col gap-6 *:min-w-0 [&>header]:mb-0">{children}</div>;
}
