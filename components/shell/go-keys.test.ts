import { describe, expect, it } from 'vitest';
import { goHref, goShortcuts } from './go-keys.ts';
import { placesOf } from './places.ts';
import { isAfterGo, isPlainKey, type PressedKey } from './shortcuts.ts';

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];

describe('G and a letter', () => {
  it('leads to pages of the viewer, each by one letter, and staff to one more', () => {
    for (const role of ['member', 'admin'] as const) {
      const hrefs = LETTERS.map((letter) => goHref(letter, role)).filter((href) => href !== null);
      const pages = placesOf({ role }).flatMap(({ places }) => places.map(({ href }) => href));
      expect(pages).toEqual(expect.arrayContaining(hrefs));
      expect(new Set(hrefs).size).toBe(hrefs.length);
      expect(goShortcuts(role).map(({ keys }) => keys.join(' ').length)).toEqual(hrefs.map(() => 3));
    }
    expect(goHref('B', 'member')).toBe('/bookings');
    expect(goHref('d', 'member')).toBeNull();
    expect(goHref('d', 'admin')).toBe('/admin');
    expect(goHref('g', 'admin')).toBeNull();
  });

  it('is said in the list as a person would', () => {
    expect(goShortcuts('admin').map(({ does }) => does)).toEqual(
      expect.arrayContaining(['Go to your bookings', 'Go to the search of GPUs', 'Go to the desk']),
    );
  });

  const pressed = (change: Partial<PressedKey> = {}): PressedKey => ({
    key: 'g',
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    isComposing: false,
    repeat: false,
    defaultPrevented: false,
    target: null,
    ...change,
  });
  const inside = (selector: string) => ({ closest: (asked: string) => (asked.includes(selector) ? {} : null) });

  it('is left to fields, terminals, dialogs, and whatever else wants the key', () => {
    expect(isPlainKey(pressed())).toBe(true);
    expect(isPlainKey(pressed({ target: inside('nothing of it') }))).toBe(true);
    for (const selector of [
      'input',
      'textarea',
      'select',
      '[contenteditable]',
      '.xterm',
      '[role=dialog]',
      '[role=menu]',
    ])
      expect(isPlainKey(pressed({ target: inside(selector) })), selector).toBe(false);
    for (const held of ['ctrlKey', 'metaKey', 'altKey', 'isComposing', 'repeat', 'defaultPrevented'] as const)
      expect(isPlainKey(pressed({ [held]: true })), held).toBe(false);
    expect(isPlainKey(pressed({ key: 'Enter' }))).toBe(false);
  });

  it('waits two seconds for its letter, not longer', () => {
    expect(isAfterGo(10_000, 11_999)).toBe(true);
    expect(isAfterGo(10_000, 12_001)).toBe(false);
    expect(isAfterGo(null, 5)).toBe(false);
  });
});
