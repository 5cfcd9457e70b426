import { describe, expect, it } from 'vitest';
import { readableLog } from './log-text.ts';

describe('a log on a page', () => {
  it('keeps plain lines, tabs and letters of every language', () => {
    expect(readableLog('step 1\tdone\nGrüße, 世界 🎉\n')).toBe('step 1\tdone\nGrüße, 世界 🎉\n');
  });

  it('loses colours, cursor movements, titles and bells', () => {
    expect(readableLog('\u001b[1;31merror\u001b[0m \u001b]0;title\u0007here\u0007\u001b[2K!')).toBe('error here!');
    expect(readableLog('\u001b]8;;https://example.org\u001b\\link\u001b]8;;\u001b\\')).toBe('link');
  });

  it('shows where a progress bar got to', () => {
    expect(readableLog(' 10%\r 55%\r100%\nnext\r\n')).toBe('100%\nnext\n');
  });

  it('is made in no time from whatever a stranger prints', () => {
    const began = performance.now();
    for (const rubbish of ['x', '\r', '\u001b[', '\u001b]', '\u001b[1', '\r\n', '\u001b[0m\r'])
      readableLog(rubbish.repeat(300_000));
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
