import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandLine, readCommand } from './command-line.ts';

describe('a command that is typed', () => {
  it('is parted at spaces, and kept together by quotes and backslashes', () => {
    expect(readCommand('python train.py --name "my run" \'a b\' c\\ d')).toEqual({
      command: ['python', 'train.py', '--name', 'my run', 'a b', 'c d'],
    });
    expect(readCommand('  sh -c "echo \\"hi\\" \\\\ \\n"  ')).toEqual({ command: ['sh', '-c', 'echo "hi" \\ \\n'] });
    expect(readCommand('a"b"\'c\' ""')).toEqual({ command: ['abc', ''] });
  });

  it('expands nothing, because no shell runs', () => {
    expect(readCommand('echo $HOME * | cat')).toEqual({ command: ['echo', '$HOME', '*', '|', 'cat'] });
  });

  it('is none when nothing is typed, and says what was not finished', () => {
    expect(readCommand(' \n ')).toEqual({ command: null });
    expect(readCommand('echo "half')).toEqual({ problem: 'The " at character 6 is never closed.' });
    expect(readCommand('echo \\')).toHaveProperty('problem');
  });

  it('reads back what it writes, whatever the words', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (words) => {
        expect(readCommand(commandLine(words))).toEqual({ command: words });
      }),
    );
  });
});
