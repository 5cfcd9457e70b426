import { Mark } from './mark.tsx';

/** Mark and name. */
export function Wordmark({ className = '' }: { className?: string }) {
  return (
    <span className={`inline-flex items-center gap-2 ${className}`}>
      <Mark className="h-full w-auto" />
      <span className="font-semibold text-lg">Sublet</span>
    </span>
  );
}
