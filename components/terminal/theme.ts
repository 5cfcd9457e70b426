import type { ITheme } from '@xterm/xterm';

/** The colours of the page for a terminal, which knows no tokens: read as they are shown now, light or dark. */
export function themeOf(place: HTMLElement): ITheme {
  const probe = document.createElement('span');
  place.append(probe);
  const canvas = document.createElement('canvas');
  canvas.width = 1;
  canvas.height = 1;
  const brush = canvas.getContext('2d', { willReadFrequently: true });
  const colour = (token: string): string => {
    probe.style.color = `var(--${token})`;
    if (brush === null) return '#808080';
    brush.clearRect(0, 0, 1, 1);
    brush.fillStyle = getComputedStyle(probe).color;
    brush.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = brush.getImageData(0, 0, 1, 1).data;
    return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
  };
  const theme: ITheme = {
    background: colour('sunken'),
    foreground: colour('ink'),
    cursor: colour('accent'),
    cursorAccent: colour('on-accent'),
    selectionBackground: colour('accent-line'),
    black: colour('line'),
    brightBlack: colour('muted'),
    white: colour('ink'),
    brightWhite: colour('ink'),
    red: colour('bad-ink'),
    brightRed: colour('bad-ink'),
    green: colour('good-ink'),
    brightGreen: colour('good-ink'),
    yellow: colour('warn-ink'),
    brightYellow: colour('warn-ink'),
    blue: colour('info-ink'),
    brightBlue: colour('info-ink'),
    magenta: colour('accent-ink'),
    brightMagenta: colour('accent-ink'),
    cyan: colour('info-ink'),
    brightCyan: colour('info-ink'),
  };
  probe.remove();
  return theme;
}
