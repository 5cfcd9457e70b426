import type { ReactNode } from 'react';

type WayProps = { title: string; steps: readonly (readonly [title: string, text: string])[]; action: ReactNode };

/** One side of the market: what to do, in order. */
export function Way({ title, steps, action }: WayProps) {
  return (
    <section className="flex min-w-0 flex-col bg-surface p-5 sm:p-7">
      <h2 className="mb-4 font-semibold text-xl">{title}</h2>
      <ol className="mb-6 flex-1 space-y-3.5">
        {steps.map(([head, text], index) => (
          <li key={head} className="flex gap-3.5">
            <span aria-hidden className="tabular mt-px w-4 shrink-0 font-medium text-accent-ink">
              {index + 1}
            </span>
            <div className="min-w-0">
              <h3 className="font-medium">{head}</h3>
              <p className="text-muted">{text}</p>
            </div>
          </li>
        ))}
      </ol>
      <div>{action}</div>
    </section>
  );
}
