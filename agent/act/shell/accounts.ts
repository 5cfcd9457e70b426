/** What sshd is told about users: files for nss_wrapper, because an image may have no /etc/passwd at all, or a locked root. */
export type AccountFiles = { passwd: string; group: string; shadow: string };

type Account = { name: string; uid: number; gid: number; comment: string; home: string; shell: string };

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}\$?$/;
const ID = /^\d{1,10}$/;
const PATH = /^\/[^:\n\r\0]{0,4000}$/;
const MOST_LINES = 5_000;
const LARGEST_ID = 4_294_967_294;

/** The line's fields when there are exactly so many; hostile images may hold anything. */
function rows(file: string, fields: number): string[][] {
  return file
    .split('\n')
    .slice(0, MOST_LINES)
    .map((line) => line.split(':'))
    .filter((row) => row.length === fields);
}

function idOf(text: string | undefined): number | undefined {
  if (text === undefined || !ID.test(text)) return undefined;
  const id = Number(text);
  return id <= LARGEST_ID ? id : undefined;
}

/** The accounts of a passwd file, leaving out every line that is not one. */
export function parsePasswd(file: string): Account[] {
  const accounts = new Map<string, Account>();
  for (const [name = '', , uidText, gidText, comment = '', home = '', shell = ''] of rows(file, 7)) {
    const uid = idOf(uidText);
    const gid = idOf(gidText);
    if (!NAME.test(name) || uid === undefined || gid === undefined || accounts.has(name)) continue;
    accounts.set(name, {
      name,
      uid,
      gid,
      comment: comment.replace(/[^\x20-\x7e]/g, ''),
      home: PATH.test(home) ? home : '/',
      shell: PATH.test(shell) ? shell : '',
    });
  }
  return [...accounts.values()];
}

/** Where root's shell and home may be, best first: a runtime asks the image which of them exist. */
export function rootCandidates(passwd: string): { shells: string[]; homes: string[] } {
  const root = parsePasswd(passwd).find((account) => account.name === 'root');
  const shells = [root?.shell ?? '', '/bin/bash', '/bin/sh'].filter(
    (path) => path !== '' && !/nologin|false$/.test(path),
  );
  return { shells: [...new Set(shells)], homes: [...new Set([root?.home ?? '/root', '/root'])] };
}

function freeId(taken: Set<number>): number {
  let id = 64_022;
  while (taken.has(id)) id += 1;
  return id;
}

/** The image's own accounts with a root that can log in by key and the user that sshd drops its privileges to. */
export function accountFiles(
  image: { passwd: string; group: string },
  root: { shell: string; home: string },
): AccountFiles {
  const others = parsePasswd(image.passwd).filter(({ name }) => name !== 'root' && name !== 'sshd');
  const groups = rows(image.group, 4).flatMap(([name = '', , gidText, members = '']) => {
    const gid = idOf(gidText);
    const named = members.split(',').filter((member) => NAME.test(member));
    return NAME.test(name) && gid !== undefined ? [{ name, gid, members: named }] : [];
  });
  const kept = groups.filter(({ name }) => !['root', 'tty', 'sshd'].includes(name));
  const sshdId = freeId(
    new Set([...others.map(({ uid }) => uid), ...others.map(({ gid }) => gid), ...kept.map(({ gid }) => gid)]),
  );
  const accounts: Account[] = [
    { name: 'root', uid: 0, gid: 0, comment: 'root', home: root.home, shell: root.shell },
    { name: 'sshd', uid: sshdId, gid: sshdId, comment: '', home: '/run/sshd', shell: '/bin/false' },
    ...others,
  ];
  // devpts is mounted with gid 5: with a group "tty" of that number sshd need not change the terminal's owner.
  const written = [
    { name: 'root', gid: 0, members: [] },
    { name: 'tty', gid: 5, members: groups.find(({ name }) => name === 'tty')?.members ?? [] },
    { name: 'sshd', gid: sshdId, members: [] },
    ...kept,
  ];
  return {
    passwd: lines(accounts.map((a) => [a.name, 'x', a.uid, a.gid, a.comment, a.home, a.shell])),
    group: lines(written.map((g) => [g.name, 'x', g.gid, g.members.join(',')])),
    // "*" is no password but, unlike "!", no locked account either: sshd lets such a user in by key.
    shadow: lines(accounts.map(({ name }) => [name, '*', 19_000, 0, 99_999, 7, '', '', ''])),
  };
}

function lines(table: (string | number)[][]): string {
  return `${table.map((row) => row.join(':')).join('\n')}\n`;
}
