import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { currentActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { readingCalls } from '#components/api/reading-calls.ts';
import { MemoryBar } from '#components/fit/memory-bar.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { theWorld } from '#lib/base/time.ts';
import { memoryNeed } from '#lib/catalogue/fit/memory.ts';
import { readSentence } from '#lib/catalogue/fit/sentence.ts';
import { gigabytes } from '#lib/catalogue/fit/words.ts';
import { WORK_MEANINGS, workloadLabel } from '#lib/catalogue/fit/workload.ts';
import { readWorkload, workloadFields } from '#lib/catalogue/fit/workload-url.ts';
import { formatBytes } from '#lib/catalogue/quantity.ts';
import { fitOnMarket } from '#lib/catalogue/queries/fit.ts';
import { type Params, searchHref } from '#lib/catalogue/search.ts';
import { Formulas } from './_fit/formulas.tsx';
import { ModelsTable } from './_fit/models-table.tsx';
import { SentencePanel } from './_fit/sentence.tsx';
import { WorkloadForm } from './_fit/workload-form.tsx';

export const metadata: Metadata = { title: 'Will it fit?' };

export default async function FitPage({ searchParams }: { searchParams: Promise<Params> }) {
  const params = await searchParams;
  // A form sends its empty fields along: the address says only what was chosen.
  if (Object.values(params).flat().includes('')) redirect(`/fit?${chosen(params)}`);
  const asked = typeof params.q === 'string' ? params.q.trim().slice(0, 300) : '';
  const read = asked === '' ? null : readSentence(asked);
  const workload = readWorkload({ ...params, ...read?.fields });
  const need = memoryNeed(workload);
  const market = await fitOnMarket(await currentActor(), workload, theWorld.now());
  const total = gigabytes(need.splitBytes + need.baseBytes);
  return (
    <>
      <PageHeader
        title="Will it fit?"
        lede="What a model needs of GPU memory, which offers hold it, and about how long it takes and what it costs on each. Every formula is shown, with its source."
      />
      <div className="space-y-6">
        <SentencePanel asked={asked} read={read} />
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,22rem)_minmax(0,1fr)]">
          <Panel title="Workload">
            <WorkloadForm workload={workload} />
          </Panel>
          <Panel
            title={`${total} of GPU memory`}
            description={`${workloadLabel(workload)}. ${WORK_MEANINGS[workload.work]} Beside cards, whose memory is counted in GiB: ${formatBytes(need.splitBytes + need.baseBytes)}.`}
          >
            <MemoryBar need={need} label="Where the memory goes, on one GPU that holds it all" />
          </Panel>
        </div>
        <Panel
          flush
          title="Where it fits"
          description={
            market.fitting === 0
              ? undefined
              : `${market.fitting} of ${market.offered} offers hold it. Over several GPUs everything but 1 GiB on each is split evenly.`
          }
          actions={
            market.fitting > 0 && (
              <LinkButton href={searchHref(market.ask)} variant="primary" size="sm">
                {market.fitting === 1 ? 'The offer' : `All ${market.fitting} offers`} by cost to finish
              </LinkButton>
            )
          }
        >
          {market.fitting === 0 ? (
            <EmptyState
              kind={market.offered === 0 ? 'first' : 'none'}
              title={market.offered === 0 ? 'Nothing is offered right now' : `No offer holds ${total}`}
              action={<LinkButton href="/gpus">All offers</LinkButton>}
            >
              {market.offered > 0 &&
                'Take fewer bits a weight, a shorter context, fewer sequences at once, or QLoRA in place of full training.'}
            </EmptyState>
          ) : (
            <ModelsTable market={market} need={need} />
          )}
        </Panel>
        <Panel title="How this is worked out">
          <Formulas workload={workload} />
        </Panel>
        <AsApiCall calls={[readingCalls.fit(Object.fromEntries(workloadFields(workload)))]} />
      </div>
    </>
  );
}

function chosen(params: Params): URLSearchParams {
  const said = Object.entries(params).flatMap(([name, value]) => {
    const first = typeof value === 'string' ? value : value?.[0];
    return first === undefined || first === '' ? [] : [[name, first]];
  });
  return new URLSearchParams(said);
}
