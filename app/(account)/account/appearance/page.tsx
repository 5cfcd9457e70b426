import Link from 'next/link';
import { requireActor } from '#app/_edge/actor.ts';
import { ThemeSwitch } from '#components/shell/theme-switch.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';

export const metadata = { title: 'Appearance' };

export default async function AppearancePage() {
  await requireActor();
  return (
    <>
      <PageHeader title="Appearance" lede="How this site looks in this browser." />
      <Panel title="Theme" description="Kept in this browser. Without scripts the pages follow your system.">
        <ThemeSwitch words />
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
