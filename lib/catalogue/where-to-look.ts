import { EVERYTHING, searchHref } from './search.ts';

/** Words of what somebody wants to do, not of a card. */
const WORKLOAD =
  /\b(fine.?tun\w*|pre.?train\w*|train\w*|lora|qlora|infer\w*|serv(e|ing)|run(ning)?|chat\w*|llama|mistral|qwen|gemma|phi|deepseek|gpt|diffusion|whisper|model|tokens?|context)\b|\b\d+(\.\d+)?\s?[bm]\b/i;
const COUNT = /(?:^|\s)(\d{1,2})\s*(?:x|×)\s*(?=\S)/i;

/**
 * Where one box leads to: a card of this market to the search for it (with the number before an "×"), anything else to the page
 * that works out what a workload needs; nothing to everything that is free.
 */
export function whereToLook(typed: string, models: readonly string[]): string {
  const wish = typed.trim().replace(/\s+/g, ' ').slice(0, 300);
  if (wish === '') return '/gpus';
  const count = COUNT.exec(wish)?.[1];
  const card = plain(wish.replace(COUNT, ' ').replace(/\b(nvidia|geforce|gpus?|cards?)\b/gi, ' '));
  const found = WORKLOAD.test(wish) || card.length < 2 ? [] : models.filter((model) => plain(model).includes(card));
  const gpus = count === undefined || Number(count) < 1 ? null : Number(count);
  if (found.length > 0) return searchHref({ ...EVERYTHING, models: [...new Set(found)], gpus });
  return `/fit?${new URLSearchParams({ q: wish })}`;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '');
}
