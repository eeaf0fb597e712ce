/** TypeScript source trees among the installed packages, and the files that a program in them imports. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

export interface TreeFile {
  readonly path: string;
  readonly text: string;
  /** Paths of the files of the same tree that it imports. */
  readonly imports: readonly string[];
}

export interface Tree {
  readonly name: string;
  readonly folder: string;
  readonly files: ReadonlyMap<string, TreeFile>;
}

/** Packages that ship their sources; those of Azure come with the packaging tool. */
const PACKAGES = ['openai', '@anthropic-ai/sdk', '@azure/msal-browser', '@azure/msal-common', 'zod'] as const;

export function installedTrees(nodeModules: string): readonly Tree[] {
  return PACKAGES.map((name) => join(nodeModules, name, 'src'))
    .filter((folder) => existsSync(folder))
    .map((folder) => readTree(folder));
}

/** Larger files are generated. */
const MAX_BYTES = 300_000;

export function readTree(folder: string): Tree {
  const texts = new Map<string, string>();
  for (const path of sourcesBelow(folder)) {
    texts.set(path, readFileSync(path, 'utf8'));
  }
  const files = new Map(
    [...texts].map(([path, text]) => [path, { path, text, imports: importsOf(path, text, texts) }]),
  );
  const parent = basename(folder).startsWith('src') ? dirname(folder) : folder;
  return { name: relative(join(parent, '..', '..'), parent).replace(/^.*node_modules\//, ''), folder, files };
}

function sourcesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return /^(?:node_modules|tests?|__tests__)$/.test(entry.name) ? [] : sourcesBelow(path);
    }
    const isSource = entry.name.endsWith('.ts') && !/\.(?:d|test|spec)\.ts$/.test(entry.name);
    return isSource && statSync(path).size <= MAX_BYTES ? [path] : [];
  });
}

/** Resolved by a few lines of their own, so that the measure does not depend on what it measures. */
function importsOf(path: string, text: string, known: ReadonlyMap<string, string>): readonly string[] {
  const found = new Set<string>();
  for (const [, specifier = ''] of text.matchAll(/\bfrom\s*['"](\.[^'"]+)['"]/g)) {
    const target = join(dirname(path), specifier);
    const stem = target.replace(/\.js$/, '');
    const hit = [`${stem}.ts`, target, `${stem}/index.ts`].find((candidate) => known.has(candidate));
    if (hit !== undefined) {
      found.add(hit);
    }
  }
  found.delete(path);
  return [...found];
}
