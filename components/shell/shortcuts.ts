/** Whether the viewer switched keyboard shortcuts off: whatever listens to keys asks this first (WCAG 2.1.4). */
export function shortcutsAreOff(): boolean {
  return document.documentElement.dataset.shortcuts === 'off';
}

/** What of a press of a key decides whether it is a shortcut. */
export type PressedKey = Pick<
  KeyboardEvent,
  'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'isComposing' | 'repeat' | 'defaultPrevented'
> & { readonly target: unknown };

/** Where letters are typed, or do something of their own. */
const TAKEN = 'input,textarea,select,[contenteditable],.xterm,[role=dialog],[role=menu],[role=listbox]';

/** Whether a letter was pressed by itself, where nobody types. */
export function isPlainKey({ key, target, ...held }: PressedKey): boolean {
  if (key.length !== 1 || held.ctrlKey || held.metaKey || held.altKey) return false;
  if (held.isComposing || held.repeat || held.defaultPrevented) return false;
  const place = target as { closest?: (selector: string) => unknown } | null;
  return (place?.closest?.(TAKEN) ?? null) === null;
}

const LETTER_WITHIN_MS = 2_000;

/** Whether a letter belongs to the G before it; instants in milliseconds. */
export function isAfterGo(goAt: number | null, now: number): boolean {
  return goAt !== null && now - goAt <= LETTER_WITHIN_MS;
}

/** Every shortcut there is, but those of pages (go-keys.ts): what listens to a key stands here too, and the settings list them. */
export const SHORTCUTS: readonly { readonly keys: readonly string[]; readonly does: string; readonly where: string }[] =
  [
    { keys: ['Ctrl', 'K'], does: 'Jump to a page, an action or a thing of yours', where: 'everywhere (⌘ K on a Mac)' },
    { keys: ['J'], does: 'The next case of a queue', where: 'the list of a queue of staff, while it has focus' },
    { keys: ['K'], does: 'The case before', where: 'the list of a queue of staff, while it has focus' },
    { keys: ['Esc'], does: 'Close what stands above the page', where: 'menus and dialogs; cannot be switched off' },
  ];
