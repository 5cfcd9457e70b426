export const PASSWORD_MIN = 10;
export const PASSWORD_MAX = 200;

// The most used passwords of ten characters and more in published leaks: guessed first, so refused.
const COMMON = new Set(
  (
    '1234567890 12345678910 123456789012 1234567891 0123456789 0987654321 9876543210 1111111111 qwertyuiop qwerty12345 qwerty123456 ' +
    'qwertyuiop123 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc q1w2e3r4t5 asdfghjkl123 asdfghjkl1 zxcvbnm123 password12 password123 ' +
    'password1234 password12345 password123456 passw0rd123 p@ssw0rd123 p@ssword123 administrator admin12345 admin123456 ' +
    'iloveyou123 letmein123 welcome123 welcome1234 welcome2026 changeme123 football123 baseball123 superman123 ' +
    'trustno1trustno1 abcdefghij abcdefghijk abcd123456 a123456789 123456789a abc123456789 123qweasdzxc unknownuser ' +
    'correcthorsebatterystaple'
  ).split(' '),
);

/** As it is hashed: composed for compatibility (NFKC), so that two keyboards type the same password. */
export function normalPassword(password: string): string {
  return password.normalize('NFKC');
}

/**
 * Why this may not be a password, in a sentence, or null. Length counts, not symbols (NIST SP 800-63B §3.1.1.2): no rules
 * about digits or capitals.
 */
export function whyNotPassword(password: string, email: string): string | null {
  const length = [...normalPassword(password)].length;
  if (length < PASSWORD_MIN) return `Use at least ${PASSWORD_MIN} characters.`;
  if (length > PASSWORD_MAX) return `Use at most ${PASSWORD_MAX} characters.`;
  const lower = password.toLowerCase();
  if (COMMON.has(lower) || new Set(lower).size < 4)
    return 'This password is guessed first. Use a longer or less common one.';
  if (lower === email || lower === email.split('@')[0]) return 'Use something else than your e-mail address.';
  return null;
}
