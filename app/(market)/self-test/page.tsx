import type { Metadata } from 'next';
import { CopyBox } from '#components/ui/copy-box.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { checkSection, SELF_TEST_GUIDE } from '#lib/catalogue/self-test-guide.ts';

export const metadata: Metadata = { title: 'What the self-test checks' };

const GROUPS = ['GPUs', 'Containers', 'Machine', 'Network'] as const;

/** The guide to each row of a machine's self-test: what is tried, why, and what helps. */
export default function SelfTestGuidePage() {
  return (
    <>
      <PageHeader
        title="What the self-test checks"
        lede="The agent tests its machine when it starts, every six hours, ten minutes after a failure, and when its host asks. A machine is listed when nothing fails; what deserves a look does not keep it from that. On the machine itself, “sudo sublet-agent self-test” prints the same."
      />
      <div className="space-y-6">
        {GROUPS.map((group) => (
          <Panel key={group} title={group}>
            <div className="divide-y divide-line">
              {SELF_TEST_GUIDE.filter((guide) => guide.group === group).map((guide) => (
                <article
                  key={guide.name}
                  id={checkSection(guide.name)}
                  aria-labelledby={`${checkSection(guide.name)}-title`}
                  className="grid grid-cols-[minmax(0,1fr)] gap-x-8 gap-y-2 py-4 first:pt-0 last:pb-0 target:bg-accent-soft lg:grid-cols-2"
                >
                  <div className="min-w-0 space-y-1">
                    <h3 id={`${checkSection(guide.name)}-title`} className="font-semibold">
                      {guide.name}
                    </h3>
                    <p>{guide.how}</p>
                    <p className="text-muted text-sm">{guide.why}</p>
                  </div>
                  <div className="min-w-0 space-y-3">
                    {guide.commands.map(({ says, run }) => (
                      <CopyBox key={run} label={says} text={run} />
                    ))}
                  </div>
                </article>
              ))}
            </div>
          </Panel>
        ))}
      </div>
    </>
  );
}
