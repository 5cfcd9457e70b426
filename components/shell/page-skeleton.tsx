import { Skeleton } from '#components/ui/skeleton.tsx';

export type Shape = 'search' | 'thing' | 'list';

/** What a page at that address looks like from afar. */
export function shapeOf(pathname: string): Shape {
  if (pathname === '/gpus') return 'search';
  return /^\/(gpus|bookings|host\/machines|jobs|disputes)\/[a-z]+_/.test(pathname) ? 'thing' : 'list';
}

const rows = (count: number) => Array.from({ length: count }, (_, row) => row);

/** The shape of a page before its content: the same columns and heights, so that nothing jumps when it comes. */
export function PageSkeleton({ shape }: { shape: Shape }) {
  return (
    <div role="status">
      <span className="sr-only">Loading</span>
      <div className="mb-6 space-y-2.5">
        {shape === 'thing' && <Skeleton className="h-4 w-28" />}
        <Skeleton className="h-8 w-64 max-w-full" />
        <Skeleton className="h-4 w-[min(32rem,90%)]" />
      </div>
      {shape === 'search' && (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6 lg:grid-cols-[15rem_minmax(0,1fr)]">
          <div className="hidden space-y-5 lg:block">
            {rows(5).map((row) => (
              <Skeleton key={row} className="h-16" />
            ))}
          </div>
          <Table />
        </div>
      )}
      {shape === 'thing' && (
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,22rem)]">
          <Skeleton className="h-96 rounded-xl" />
          <Skeleton className="h-64 rounded-xl" />
        </div>
      )}
      {shape === 'list' && <Table />}
    </div>
  );
}

function Table() {
  return (
    <div className="overflow-hidden rounded-xl border border-line bg-surface">
      {rows(9).map((row) => (
        <div key={row} className="flex h-14 items-center gap-4 border-line border-b px-4 last:border-b-0">
          <Skeleton className="h-4 w-2/5" />
          <Skeleton className="h-4 w-1/5" />
          <Skeleton className="ml-auto h-4 w-16" />
        </div>
      ))}
    </div>
  );
}
