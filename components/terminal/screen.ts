import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import type { FormAction } from '#components/ui/form-state.ts';
import { type TerminalState, terminalConnection } from './connection.ts';
import { themeOf } from './theme.ts';

type ScreenOptions = {
  readonly place: HTMLElement;
  readonly bookingId: string;
  readonly open: FormAction;
  readonly screenReader: boolean;
  readonly onState: (state: TerminalState) => void;
  readonly onTooMuch: () => void;
  /** The keyboard is to leave it. */
  readonly onLeave: () => void;
};

const encoder = new TextEncoder();
const SETTLE_MS = 80;

/** A terminal on the page, and the shell behind it. Loaded when somebody opens one, and not before. */
export function openScreen(options: ScreenOptions) {
  const { place } = options;
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const terminal = new Terminal({
    cursorBlink: !calm,
    fontFamily: getComputedStyle(place).fontFamily,
    fontSize: 13,
    lineHeight: 1.2,
    macOptionIsMeta: true,
    minimumContrastRatio: 4.5,
    screenReaderMode: options.screenReader,
    scrollback: 5_000,
    smoothScrollDuration: 0,
    theme: themeOf(place),
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(place);
  fit.fit();
  let wasOpen = false;

  const size = () => ({ columns: Math.max(2, terminal.cols), rows: Math.max(2, terminal.rows) });
  const connection = terminalConnection({
    bookingId: options.bookingId,
    open: options.open,
    size,
    // What is shown is asked for again: a program that floods waits for the screen.
    onData: (bytes, shown) => terminal.write(bytes, shown),
    onState(state) {
      if (state.kind === 'open') {
        if (wasOpen) terminal.write('\r\n\x1b[0m[A new shell: the one before was told to hang up.]\r\n');
        wasOpen = true;
        terminal.focus();
      }
      terminal.options.disableStdin = state.kind !== 'open';
      options.onState(state);
    },
  });
  const type = (bytes: Uint8Array<ArrayBuffer>) => {
    if (!connection.type(bytes)) options.onTooMuch();
  };
  terminal.onData((text) => type(encoder.encode(text)));
  terminal.onBinary((text) => type(Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 255)));
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.type === 'keydown' && event.key === 'F6' && event.shiftKey) {
      event.preventDefault();
      options.onLeave();
      return false;
    }
    if (
      event.type === 'keydown' &&
      event.ctrlKey &&
      event.shiftKey &&
      event.code === 'KeyC' &&
      terminal.hasSelection()
    ) {
      event.preventDefault();
      void navigator.clipboard.writeText(terminal.getSelection()).catch(() => undefined);
      return false;
    }
    return true;
  });

  let settle: ReturnType<typeof setTimeout> | undefined;
  const sized = new ResizeObserver(() => {
    clearTimeout(settle);
    settle = setTimeout(() => {
      fit.fit();
      connection.resize(size());
    }, SETTLE_MS);
  });
  sized.observe(place);
  const repaint = () => {
    terminal.options.theme = themeOf(place);
  };
  const themed = new MutationObserver(repaint);
  themed.observe(document.documentElement, { attributes: true, attributeFilter: ['class'] });
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', repaint);

  connection.start();
  return {
    focus: () => terminal.focus(),
    readAloud(on: boolean): void {
      terminal.options.screenReaderMode = on;
    },
    close(): void {
      clearTimeout(settle);
      sized.disconnect();
      themed.disconnect();
      dark.removeEventListener('change', repaint);
      connection.close();
      terminal.dispose();
    },
  };
}
export type Screen = ReturnType<typeof openScreen>;
