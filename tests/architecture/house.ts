import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** A source file as the architecture test sees it. */
export type SourceFile = {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  readonly kind: Kind;
};
export type Import = {
  readonly from: string;
  readonly typeOnly: boolean /** A file of this repository, not a package. */;
  readonly ours: boolean;
};

export const KINDS = [
  'page',
  'action',
  'route',
  'edge',
  'component',
  'door',
  'command',
  'step',
  'errand',
  'query',
  'index',
  'noun',
  'base',
  'events',
  'io',
  'protocol',
  'worker',
  'cli',
  'gateway',
  'agent',
  'bench',
  'script',
  'test',
] as const;
export type Kind = (typeof KINDS)[number];

const IMPORT = /^\s*(?:import|export)\s+(type\s+)?(?:[\s\S]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** Every TypeScript file that git tracks or would track, with its imports resolved to paths of the repository where they are ours. */
export function readHouse(): SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', '*.ts', '*.tsx', '*.mts'], {
    encoding: 'utf8',
  });
  const files: SourceFile[] = [];
  for (const path of listed.split('\n').filter((line) => line !== '' && !line.endsWith('.d.ts'))) {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch {
      continue;
    }
    files.push({ path, text, imports: importsOf(path, text), kind: kindOf(path, text) });
  }
  return files;
}

function importsOf(path: string, text: string): Import[] {
  const found = [...text.matchAll(IMPORT)].map((match) => importOf(path, match[2] ?? '', match[1] !== undefined));
  return [...found, ...[...text.matchAll(DYNAMIC)].map((match) => importOf(path, match[1] ?? '', false))];
}

function importOf(path: string, specifier: string, typeOnly: boolean): Import {
  if (specifier.startsWith('#')) return { from: specifier.slice(1), typeOnly, ours: true };
  if (specifier.startsWith('.')) return { from: normalize(join(dirname(path), specifier)), typeOnly, ours: true };
  return { from: specifier, typeOnly, ours: false };
}

/** What a file is follows from where it stands, and in `lib/<domain>` from whether it opens or takes a transaction. */
export function kindOf(path: string, text: string): Kind {
  if (path.startsWith('tests/') || /\.test\.tsx?$/.test(path)) return 'test';
  if (path.startsWith('app/_edge/')) return 'edge';
  if (path.startsWith('app/'))
    return path.endsWith('/route.ts') ? 'route' : /\/actions?\.ts$/.test(path) ? 'action' : 'page';
  if (path.startsWith('components/')) return 'component';
  if (path.startsWith('doors/')) return 'door';
  if (path.startsWith('protocol/')) return 'protocol';
  if (path.startsWith('worker/')) return 'worker';
  if (path.startsWith('cli/')) return 'cli';
  if (path.startsWith('gateway/')) return 'gateway';
  if (path.startsWith('agent/')) return 'agent';
  if (path.startsWith('bench/')) return 'bench';
  if (path.startsWith('lib/base/')) return 'base';
  if (path.startsWith('lib/io/')) return 'io';
  if (!path.startsWith('lib/')) return 'script';
  if (path.startsWith('lib/catalogue/index/')) return 'index';
  if (path.endsWith('.errand.ts')) return 'errand';
  if (/\/queries(\.ts$|\/)/.test(path)) return 'query';
  // A group of work is a transaction that several share.
  if (/\binTransaction\(|\binGroups[<(]/.test(text)) return 'command';
  if (/\btx: Tx\b/.test(text)) return 'step';
  return 'noun';
}

/** The room a path stands in, for messages and for the import table. */
export function domainOf(path: string): string | undefined {
  const match = /^lib\/([^/]+)\//.exec(path);
  return match?.[1] === 'base' || match?.[1] === 'io' ? undefined : match?.[1];
}
