/** Whether the viewer switched keyboard shortcuts off: whatever listens to keys asks this first (WCAG 2.1.4). */
export function shortcutsAreOff(): boolean {
  return document.documentElement.dataset.shortcuts === 'off';
}

/** Every shortcut there is: what listens to a key stands here too, and the settings list them. */
export const SHORTCUTS: readonly { readonly keys: readonly string[]; readonly does: string; readonly where: string }[] =
  [
    { keys: ['Ctrl', 'K'], does: 'Jump to a page, an action or a thing of yours', where: 'everywhere (⌘ K on a Mac)' },
    { keys: ['J'], does: 'The next case of a queue', where: 'the list of a queue of staff, while it has focus' },
    { keys: ['K'], does: 'The case before', where: 'the list of a queue of staff, while it has focus' },
    { keys: ['Esc'], does: 'Close what stands above the page', where: 'menus and dialogs; cannot be switched off' },
  ];
