import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { SettingsNav } from './_parts/settings-nav.tsx';

export const metadata: Metadata = {
  title: { default: 'Account', template: '%s · Account · Sublet' },
  referrer: 'same-origin',
};

/** The settings: their parts at the side, or above on a narrow screen. Each page asks for itself who looks. */
export default function AccountLayout({ children }: { children: ReactNode }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-x-10 gap-y-6 lg:grid-cols-[11rem_minmax(0,1fr)]">
      <SettingsNav />
      <div className="min-w-0 max-w-[48rem]">{children}</div>
    </div>
  );
}
