import type { ReactNode } from 'react';

/** One chapter of the style page. */
export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="min-w-0 space-y-4">
      <h2 className="border-line border-b pb-1.5 font-semibold text-xl">{title}</h2>
      {children}
    </section>
  );
}

/** Examples side by side, wrapping. */
export function Row({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap items-start gap-3">{children}</div>;
}
