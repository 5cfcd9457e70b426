// ECMA-48 §5.4: control sequences (colours, cursor), and operating-system commands up to BEL or ST (titles, links).
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const SEQUENCES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above; tab and line feed stay
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * What a program printed, as text for a page: without colours and cursor movements, and of a line that a progress bar wrote
 * over and over, what stood there last. Takes time in proportion to the text, whatever a stranger prints.
 */
export function readableLog(text: string): string {
  return text.replace(SEQUENCES, '').split('\n').map(lastWritten).join('\n').replace(CONTROLS, '');
}

function lastWritten(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === '\r') end -= 1;
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end);
}
