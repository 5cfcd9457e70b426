import Link from 'next/link';
import { currentViewer } from '#app/_edge/viewer.ts';
import { placesOf } from '#components/shell/places.ts';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';

export const metadata = { title: 'All pages' };

/** What Ctrl K finds, as a list: for whom scripts are off, and for whom wants to see everything at once. */
export default async function JumpPage() {
  const groups = placesOf(await currentViewer());
  return (
    <>
      <PageHeader title="All pages" lede="Ctrl K or ⌘ K finds them by name, anywhere." />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 sm:grid-cols-2 lg:grid-cols-3">
        {groups.map(({ title, places }) => (
          <Panel key={title} title={title}>
            <ul>
              {places.map(({ href, label }) => (
                <li key={href}>
                  <Link href={href} prefetch={false} className="link inline-flex min-h-8 items-center">
                    {label}
                  </Link>
                </li>
              ))}
            </ul>
          </Panel>
        ))}
      </div>
    </>
  );
}
