import { type Formula, formulasOf, PART_LABELS } from '#lib/catalogue/fit/formulas.ts';
import { RATES_AS_OF } from '#lib/catalogue/fit/gpu-rates.ts';
import type { Workload } from '#lib/catalogue/fit/workload.ts';

const LABELS: Record<Formula['part'], string> = {
  ...PART_LABELS,
  time: 'Time',
  download: 'Downloads',
  cost: 'Cost',
};

/** Every formula with its numbers and whoever says so. */
export function Formulas({ workload }: { workload: Workload }) {
  return (
    <div className="space-y-3 text-sm">
      <dl className="space-y-3">
        {formulasOf(workload).map(({ part, formula, numbers, sources }) => (
          <div key={part} className="grid grid-cols-[minmax(0,1fr)] gap-x-6 sm:grid-cols-[10rem_minmax(0,1fr)]">
            <dt className="font-medium">{LABELS[part]}</dt>
            <dd>
              <p>{formula}</p>
              <p className="tabular text-muted [overflow-wrap:anywhere]">{numbers}</p>
              {sources.length > 0 && (
                <p className="text-muted text-xs">
                  {sources.map(({ label, href }, index) => (
                    <span key={href}>
                      {index > 0 && ' · '}
                      <a href={href} className="link inline-flex min-h-6 items-center" rel="noreferrer">
                        {label}
                      </a>
                    </span>
                  ))}
                </p>
              )}
            </dd>
          </div>
        ))}
      </dl>
      <p className="text-muted">
        Peaks and bandwidths were written down on {RATES_AS_OF}, and can be looked up in NVIDIA’s data sheets and white
        papers: dense 16-bit products with 32-bit sums. An estimate is a range, and no offer: what is billed is every
        second from when you can connect until you end it.
      </p>
    </div>
  );
}
