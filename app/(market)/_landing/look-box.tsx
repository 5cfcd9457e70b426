import { Search } from 'lucide-react';
import Link from 'next/link';
import { Button } from '#components/ui/button.tsx';
import { Input } from '#components/ui/controls.tsx';
import { whereToLook } from '#lib/catalogue/where-to-look.ts';

const EXAMPLES = ['fine-tune an 8B model', 'serve a 70B model in 4 bit'] as const;

/** One box for a card or for what is to run on it: a plain form, so it works before any script. */
export function LookBox({ models, examples }: { models: readonly string[]; examples: readonly string[] }) {
  return (
    <search className="block max-w-[36rem]">
      <form method="get" action="/" className="flex flex-wrap gap-2">
        <label htmlFor="look" className="sr-only">
          A GPU, or what you want to run
        </label>
        <Input
          id="look"
          name="look"
          type="search"
          maxLength={300}
          placeholder="RTX 4090, or fine-tune an 8B model"
          className="h-11 min-w-0 flex-1 basis-64"
        />
        <Button type="submit" variant="primary" size="lg">
          <Search aria-hidden />
          Find GPUs
        </Button>
      </form>
      <p className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1 text-muted text-sm">
        <span>For example</span>
        {[...examples, ...EXAMPLES].map((example) => (
          <Link key={example} href={whereToLook(example, models)} className="link inline-flex min-h-6 items-center">
            {example}
          </Link>
        ))}
      </p>
    </search>
  );
}
