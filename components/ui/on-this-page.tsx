/** A part of a long page: the id of its panel, what it is called, and how much is in it. */
export type PagePart = { readonly id: string; readonly label: string; readonly count?: number | undefined };

/** The way to the parts of a long page, each by the id of its panel. Where there is room it stays in sight. */
export function OnThisPage({ parts }: { parts: readonly PagePart[] }) {
  return (
    <nav aria-label="On this page" className="border-line border-b bg-canvas sm:sticky sm:top-14 sm:z-10">
      <ul className="flex flex-wrap gap-x-1">
        {parts.map(({ id, label, count }) => (
          <li key={id}>
            <a
              href={`#${id}`}
              className="flex h-10 items-center gap-1.5 whitespace-nowrap px-2.5 font-medium text-muted hover:text-ink focus-visible:-outline-offset-2"
            >
              {label}
              {count !== undefined && (
                <span className="tabular rounded-sm bg-hover px-1.5 text-muted text-xs">{count}</span>
              )}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
