import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressGroup, waitText } from './attempt.ts';
import { whyNotPassword } from './password-rule.ts';
import { cleanLabel, labelOf } from './session.ts';
import { readEmail, readName } from './user.ts';

describe('a name', () => {
  it('may be markup, emoji, any script and 300 characters: whoever shows it escapes it', () => {
    for (const name of [
      '<script>alert(1)</script>',
      '👩‍👩‍👧‍👦 家族',
      'Ω'.repeat(300),
      '👾'.repeat(300),
      "Robert'); DROP TABLE users;--",
    ])
      expect(readName(name)).toBe(name);
    expect(readName('  Ada   Lovelace ')).toBe('Ada Lovelace');
  });

  it('is not empty, longer, on two lines, or written to disguise other text', () => {
    for (const name of ['', '   ', 'x'.repeat(301), 'a\nb', 'a\u0000b', 'a\u202Ebdesrever', '\u2067x', '\ud800'])
      expect(readName(name)).toBeUndefined();
  });
});

describe('an e-mail address', () => {
  it('is one mailbox, compared without case', () => {
    expect(readEmail(' Ada@Example.ORG ')).toBe('ada@example.org');
    expect(readEmail('ada+gpu@sub.example.org')).toBe('ada+gpu@sub.example.org');
    expect(readEmail('admin@demo.sublet.test')).toBe('admin@demo.sublet.test');
  });

  it('never carries a header or a second recipient', () => {
    for (const text of [
      'ada@example.org\nBcc: eve@example.org',
      'ada@example.org\r\nSubject: x',
      'ada@example.org,eve@example.org',
      'ada@example.org;eve@example.org',
      '"ada\r\n"@example.org',
      'Ada <ada@example.org>',
      'ada@example.org>',
      'ada@example',
      '@example.org',
      'ada@',
      'ada@-example.org',
      `${'a'.repeat(65)}@example.org`,
      `ada@${'a.'.repeat(130)}org`,
      'ada@exam ple.org',
      'ada@exаmple.org',
    ])
      expect(readEmail(text)).toBeUndefined();
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const email = readEmail(text);
        return email === undefined || /^[^\s<>,;:"()]+@[a-z0-9.-]+$/.test(email);
      }),
    );
  });
});

describe('a new password', () => {
  it('needs length and nothing else, but is not one that is guessed first', () => {
    expect(whyNotPassword('correct horse battery', 'ada@example.org')).toBeNull();
    expect(whyNotPassword('sublet-demo-2026', 'renter@demo.sublet.test')).toBeNull();
    expect(whyNotPassword('short', 'ada@example.org')).toMatch(/at least 10/);
    expect(whyNotPassword('x'.repeat(201), 'ada@example.org')).toMatch(/at most 200/);
    for (const text of ['Password123', '1234567890', 'ababababababab', 'ada@example.org'])
      expect(whyNotPassword(text, 'ada@example.org')).not.toBeNull();
  });
});

describe('what a session is recognised by', () => {
  it('is the browser and the system, or the name of the program', () => {
    expect(labelOf('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')).toBe('Firefox on Linux');
    expect(labelOf('Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0')).toBe(
      'Edge on Windows',
    );
    expect(labelOf('curl/8.1.2')).toBe('curl/8.1.2');
    expect(labelOf(null)).toBe('Unknown program');
    expect(cleanLabel('a\r\nb\u202E')).toBe('a b');
  });
});

describe('an address of the network', () => {
  it('shares its allowance with the household it belongs to', () => {
    expect(addressGroup('192.0.2.7')).toBe('192.0.2.7');
    expect(addressGroup('::ffff:192.0.2.7')).toBe('192.0.2.7');
    expect(addressGroup('2001:db8:1:2:3:4:5:6')).toBe(addressGroup('2001:DB8:1:2::9'));
    expect(addressGroup('2001:db8:1:2::1')).not.toBe(addressGroup('2001:db8:1:3::1'));
    expect(addressGroup('::1')).toBe('0:0:0:0::/64');
  });

  it('is told its wait in words', () => {
    expect([1, 40, 91, 900].map(waitText)).toEqual(['1 second', '40 seconds', '2 minutes', '15 minutes']);
  });
});
