import { ChevronRight } from 'lucide-react';
import Link from 'next/link';
import { Hint } from './hint.tsx';

export type Crumb = { href: string; label: string };

/** The way up. The page itself is not in it: its heading says where one is. */
export function Breadcrumbs({ trail }: { trail: readonly Crumb[] }) {
  return (
    <nav aria-label="Breadcrumbs">
      <ol className="flex flex-wrap items-center gap-x-1 text-muted text-sm">
        {trail.map((crumb) => (
          <li key={crumb.href} className="flex min-w-0 items-center gap-1">
            <CrumbLink crumb={crumb} />
            <ChevronRight aria-hidden className="size-3.5 shrink-0" />
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** Labels of as many letters fit into their place. */
const FITS = 32;

function CrumbLink({ crumb: { href, label } }: { crumb: Crumb }) {
  const link = (
    <Link
      href={href}
      className="inline-block min-h-6 min-w-6 max-w-56 truncate leading-6 hover:text-ink hover:underline"
    >
      {label}
    </Link>
  );
  return label.length > FITS ? <Hint text={label}>{link}</Hint> : link;
}
