import { describe, expect, it } from 'vitest';
import { commandProblem, IMAGE_PRESETS, isPrivateRegistry, readImage } from './image.ts';

function read(text: string) {
  const image = readImage(text);
  if ('problem' in image) throw new Error(image.problem);
  return image;
}

describe('the name of an image', () => {
  it.each([
    ['ubuntu', 'docker.io', 'library/ubuntu', null, null],
    ['ubuntu:24.04', 'docker.io', 'library/ubuntu', '24.04', null],
    ['  sublet/busybox:latest ', 'docker.io', 'sublet/busybox', 'latest', null],
    ['index.docker.io/pytorch/pytorch', 'docker.io', 'pytorch/pytorch', null, null],
    ['ghcr.io/owner/a__b.c---d:v1_2', 'ghcr.io', 'owner/a__b.c---d', 'v1_2', null],
    ['localhost:5000/x', 'localhost:5000', 'x', null, null],
    ['localhost/x', 'localhost', 'x', null, null],
    ['[::1]:5000/x', '[::1]:5000', 'x', null, null],
    ['Registry/x', 'Registry', 'x', null, null],
    [`a/b@sha256:${'0'.repeat(64)}`, 'docker.io', 'a/b', null, `sha256:${'0'.repeat(64)}`],
    [`a/b:t@sha256:${'f'.repeat(64)}`, 'docker.io', 'a/b', 't', `sha256:${'f'.repeat(64)}`],
  ])('reads %s', (text, domain, path, tag, digest) => {
    expect(read(text)).toEqual({ domain, path, tag, digest, text: text.trim() });
  });

  it.each([
    '',
    '   ',
    'ubuntu 24.04',
    '-it',
    '--privileged',
    'Ubuntu',
    'a//b',
    'a/b/',
    '/a',
    'a:',
    'a:b:c',
    'a@',
    'a@sha256:12',
    '.a',
    'a.',
    'a_-b',
    'a___b',
    'a:-tag',
    `a:${'t'.repeat(129)}`,
    `${'a/'.repeat(130)}a`,
    'x'.repeat(600),
    'a'.repeat(64),
    'ghcr.io:99999/a',
    'ghcr.io:0/a',
    'a;b',
    'a$(b)',
    '../../etc',
    'https://ghcr.io/a',
    '<script>',
    'ubuntu\u0000',
    '🦊',
  ])('refuses %j with a sentence', (text) => {
    expect(readImage(text)).toEqual({ problem: expect.stringMatching(/\.$/) });
  });

  it('names every preset rightly, and one of them works without a network', () => {
    for (const { image, description } of IMAGE_PRESETS) {
      expect(read(image).tag).not.toBeNull();
      expect(description).not.toBe('');
    }
    expect(IMAGE_PRESETS.map(({ image }) => image)).toContain('sublet/busybox:latest');
  });
});

describe('a registry that only the host could reach', () => {
  it.each([
    'localhost/x',
    'localhost:5000/x',
    'foo.localhost/x',
    '127.0.0.1:5000/x',
    '10.0.0.1/x',
    '192.168.1.10:5000/x',
    '172.16.0.1/x',
    '172.31.255.255/x',
    '169.254.169.254/x',
    '100.64.0.1/x',
    '0.0.0.0/x',
    '127.1/x',
    '0x7f.0.0.1/x',
    '0177.0.0.1/x',
    'nas.local/x',
    'registry:5000/x',
    'vault.internal/x',
    '[::1]:5000/x',
    '[fe80::1]/x',
    '[fd00::1]/x',
    '[::ffff:a00:1]/x',
  ])('%s', (text) => {
    expect(isPrivateRegistry(read(text))).toBe(true);
  });

  it.each(['ubuntu', 'ghcr.io/a/b', 'registry.example.com:5000/x', '8.8.8.8/x', '172.32.0.1/x', '[2001:db8::1]/x'])(
    'not %s',
    (text) => {
      expect(isPrivateRegistry(read(text))).toBe(false);
    },
  );
});

describe('a command', () => {
  it('is words, each given to the program as it is', () => {
    expect(commandProblem(['sh', '-c', 'echo "$(id)"; rm -rf /'])).toBeNull();
    expect(commandProblem(null)).toBeNull();
  });

  it.each([[[]], [['']], [['a\0b']], [['x'.repeat(8_193)]], [Array.from({ length: 101 }, () => 'x')]])(
    'is not every list',
    (command) => {
      expect(commandProblem(command)).toMatch(/\.$/);
    },
  );
});
