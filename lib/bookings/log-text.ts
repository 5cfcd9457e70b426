// ECMA-48 §5.4: control sequences (colours, cursor), and operating-system commands up to BEL or ST (titles, links).
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const SEQUENCES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above; tab and line feed stay
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * What a program printed, as text for a page: without colours and cursor movements, and of a line that a progress bar wrote
 * over and over, what stood there last.
 */
export function readableLog(text: string): string {
  return text
    .replace(SEQUENCES, '')
    .replace(/\r+\n/g, '\n')
    .replace(/[^\n\r]*\r(?=[^\n])/g, '')
    .replace(CONTROLS, '');
}
