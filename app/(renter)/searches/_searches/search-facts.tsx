import type { SearchAsk } from '#lib/catalogue/search.ts';
import { searchWords } from '#lib/catalogue/search-words.ts';

/** What a search looks for, in the words of its chips. */
export function SearchFacts({ ask }: { ask: SearchAsk }) {
  const words = searchWords(ask);
  return (
    <ul className="flex flex-wrap gap-1.5" aria-label="What it looks for">
      {(words.length === 0 ? ['Everything that is free'] : words).map((word) => (
        <li key={word} className="max-w-full truncate rounded-md border border-line bg-sunken px-2 py-0.5 text-sm">
          {word}
        </li>
      ))}
    </ul>
  );
}
