import Link from 'next/link';
import { requireActor } from '#app/_edge/actor.ts';
import { ThemeSwitch } from '#components/shell/theme-switch.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { keepTheme } from './actions.ts';

export const metadata = { title: 'Appearance' };

export default async function AppearancePage() {
  await requireActor();
  return (
    <>
      <PageHeader title="Appearance" lede="How this site looks." />
      <Panel
        title="Theme"
        description="Kept with your account, for every browser in which you sign in. Without scripts the pages follow your system."
      >
        <ThemeSwitch words keep={keepTheme} />
        <p className="mt-4 text-muted text-sm">
          Motion follows your system: where it asks for less, nothing moves. Time zone and dates are part of your{' '}
          <Link href="/account" className="link">
            profile
          </Link>
          .
        </p>
      </Panel>
    </>
  );
}
