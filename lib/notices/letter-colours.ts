/** The tokens of the pages that a letter needs, in sRGB: mail programs know no other colours. */
export type LetterColours = {
  readonly canvas: string;
  readonly surface: string;
  readonly line: string;
  readonly ink: string;
  readonly muted: string;
  readonly accent: string;
  readonly onAccent: string;
};

export const LIGHT: LetterColours = {
  canvas: '#f5f9f9',
  surface: '#ffffff',
  line: '#d8e1e1',
  ink: '#0e2024',
  muted: '#4a5f64',
  accent: '#9b4a1f',
  onAccent: '#ffffff',
};

export const DARK: LetterColours = {
  canvas: '#0a1214',
  surface: '#111a1c',
  line: '#243236',
  ink: '#e8eeee',
  muted: '#9fb0b3',
  accent: '#e0a073',
  onAccent: '#23130a',
};
