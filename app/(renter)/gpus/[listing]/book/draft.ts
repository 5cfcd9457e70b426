type Draft = { readonly listingId: string; readonly typed: Readonly<Record<string, string>> };

/** What an address must not carry, because it may be secret. */
const KEPT = ['command', 'environment'] as const;

let kept: Draft | undefined;

/** Keeps what was typed for the booking of another listing: in the memory of this page only, for the next page only. */
export function keepDraft(listingId: string, form: HTMLFormElement): void {
  const data = new FormData(form);
  kept = { listingId, typed: Object.fromEntries(KEPT.map((name) => [name, String(data.get(name) ?? '')])) };
}

/** Fills in what was typed before somebody else was faster, once. */
export function takeDraft(listingId: string, form: HTMLFormElement): void {
  const draft = kept;
  kept = undefined;
  if (draft?.listingId !== listingId) return;
  for (const [name, text] of Object.entries(draft.typed)) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) field.value = text;
  }
}
