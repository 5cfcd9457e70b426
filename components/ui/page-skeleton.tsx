import { Skeleton } from './skeleton.tsx';

/**
 * A page's worth of skeleton, for a `<Suspense>` around a slow part. Not for a `loading.tsx`: that would answer 200 before the page
 * knows that there is nothing to see, and would hide the page from browsers without scripts.
 */
export function PageSkeleton() {
  return (
    <div role="status" className="relative space-y-6">
      <span className="sr-only">Loading</span>
      <Skeleton className="h-8 w-56" />
      <Skeleton className="h-20 w-full rounded-xl" />
      <Skeleton className="h-72 w-full rounded-xl" />
    </div>
  );
}
