/** The real source trees that the embedded model is measured on, fetched by pinned version into a cache, never committed. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export type Language = 'typescript' | 'python' | 'go';
/** `fit`: threshold and weights are set on it. `report`: only measured. No project is in both. */
export type Split = 'fit' | 'report';

export interface Tree {
  readonly name: string;
  readonly language: Language;
  readonly split: Split;
  readonly source: TreeSource;
}

type TreeSource =
  | { readonly type: 'npm'; readonly spec: string }
  | { readonly type: 'debian'; readonly package: string; readonly under: string }
  | { readonly type: 'python-library' };

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

function npm(split: Split, spec: string): Tree {
  return { name: spec.replace(/(?<=.)@.*/, ''), language: 'typescript', split, source: { type: 'npm', spec } };
}

function debian(split: Split, language: Language, name: string, under: string, packageName: string): Tree {
  return { name, language, split, source: { type: 'debian', package: packageName, under } };
}

const GO = 'usr/share/gocode/src';
const PYTHON = 'usr/lib/python3/dist-packages';

/** Chosen for variety before anything was measured. */
export const trees: readonly Tree[] = [
  npm('fit', 'rxjs@7.8.1'),
  npm('fit', 'langium@3.1.0'),
  npm('fit', 'viem@2.17.0'),
  npm('fit', '@azure/msal-browser@3.20.0'),
  npm('fit', 'mobx@6.13.0'),
  npm('fit', 'effect@3.5.0'),
  npm('fit', '@jupyterlab/notebook@4.2.0'),
  npm('fit', '@lumino/widgets@2.3.2'),
  npm('report', '@xterm/xterm@5.5.0'),
  npm('report', '@trpc/server@10.45.2'),
  npm('report', '@reduxjs/toolkit@2.2.6'),
  npm('report', 'ethers@6.13.1'),
  debian('fit', 'python', 'sphinx', PYTHON, 'python3-sphinx'),
  debian('fit', 'python', 'aiohttp', PYTHON, 'python3-aiohttp'),
  debian('fit', 'python', 'mercurial', PYTHON, 'mercurial-common'),
  debian('fit', 'python', 'networkx', PYTHON, 'python3-networkx'),
  debian('fit', 'python', 'ipython', PYTHON, 'python3-ipython'),
  debian('fit', 'python', 'sqlalchemy', PYTHON, 'python3-sqlalchemy'),
  { name: 'python library', language: 'python', split: 'report', source: { type: 'python-library' } },
  debian('report', 'python', 'django', PYTHON, 'python3-django'),
  debian('report', 'python', 'twisted', PYTHON, 'python3-twisted'),
  debian('report', 'python', 'scrapy', PYTHON, 'python3-scrapy'),
  debian('fit', 'go', 'grpc', GO, 'golang-google-grpc-dev'),
  debian('fit', 'go', 'docker', GO, 'golang-github-docker-docker-dev'),
  debian('fit', 'go', 'cobra', GO, 'golang-github-spf13-cobra-dev'),
  debian('fit', 'go', 'x/net', GO, 'golang-golang-x-net-dev'),
  debian('report', 'go', 'go library', 'usr/share/go-1.19/src', 'golang-1.19-src'),
  debian('report', 'go', 'x/tools', GO, 'golang-golang-x-tools-dev'),
  debian('report', 'go', 'etcd', `${GO}/go.etcd.io`, 'golang-etcd-server-dev'),
  debian('report', 'go', 'gin', GO, 'golang-github-gin-gonic-gin-dev'),
];

const EXTENSIONS: Readonly<Record<Language, readonly string[]>> = {
  typescript: ['.ts', '.tsx'],
  python: ['.py'],
  go: ['.go'],
};

/** Files above this are left out, as the extension leaves them out: generated or minified. */
const MAX_FILE_CHARACTERS = 300_000;

/** Nobody types these; they would flatter every model. */
const GENERATED = /^(?:\/\/|#|\/\*).{0,80}(?:generated .*DO NOT EDIT|auto-?generated)/im;

/** Of a larger tree whole folders are taken, in the order of a hash, up to so many characters. */
const MAX_TREE_CHARACTERS = 12_000_000;

/** The files of a tree, sorted by path; `undefined` with a word on the console if it can not be had here. */
export function readTree(tree: Tree, cacheFolder: string): readonly SourceFile[] | undefined {
  const files = readWholeTree(tree, cacheFolder);
  return files === undefined ? undefined : wholeFolders(files);
}

/** Also what is beyond the size that can be measured file by file. */
export function readWholeTree(tree: Tree, cacheFolder: string): readonly SourceFile[] | undefined {
  try {
    const root = rootOf(tree, cacheFolder);
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.d.ts'))
      .filter((entry) => EXTENSIONS[tree.language].some((extension) => entry.name.endsWith(extension)))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !(tree.source.type === 'python-library' && /\/(?:site|dist)-packages\//.test(path)))
      .sort()
      .map((path) => ({
        path: relative(root, path).replaceAll('\\', '/'),
        text: readFileSync(path, 'utf8').replaceAll('\r\n', '\n'),
      }))
      .filter((file) => file.text.length <= MAX_FILE_CHARACTERS && !GENERATED.test(file.text))
      .filter(isFirstOfItsText());
  } catch (error) {
    process.stderr.write(
      `left out: ${tree.name}: ${error instanceof Error ? error.message.split('\n')[0] : 'failed'}\n`,
    );
    return undefined;
  }
}

function wholeFolders(files: readonly SourceFile[]): readonly SourceFile[] {
  const folders = Map.groupBy(files, ({ path }) => dirname(path));
  let characters = 0;
  const taken = new Set(
    [...folders.keys()]
      .sort((a, b) => hashOf(a) - hashOf(b))
      .filter((folder) => {
        characters += folders.get(folder)!.reduce((sum, { text }) => sum + text.length, 0);
        return characters <= MAX_TREE_CHARACTERS;
      }),
  );
  return files.filter(({ path }) => taken.has(dirname(path)));
}

/** Even over all 32 bits, the same on all machines: what is sampled is sampled by it. */
export function hashOf(text: string): number {
  let hash = 2_166_136_261;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Copies of a whole file would make it trivial to complete. */
function isFirstOfItsText(): (file: SourceFile) => boolean {
  const seen = new Set<string>();
  return (file) => !seen.has(file.text) && seen.add(file.text).has(file.text);
}

function rootOf(tree: Tree, cacheFolder: string): string {
  switch (tree.source.type) {
    case 'python-library':
      return execFileSync('python3', ['-c', "import sysconfig; print(sysconfig.get_path('stdlib'))"], {
        encoding: 'utf8',
      }).trim();
    case 'npm': {
      const { spec } = tree.source;
      return fetched(join(cacheFolder, spec.replaceAll('/', '+')), (folder) => {
        execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, spec], { stdio: 'pipe' });
        execFileSync('tar', ['xzf', onlyFile(folder, '.tgz'), '-C', folder], { stdio: 'pipe' });
      });
    }
    case 'debian': {
      const { package: name, under } = tree.source;
      const folder = fetched(join(cacheFolder, name), (into) => {
        execFileSync('apt-get', ['download', name], { cwd: into, stdio: 'pipe' });
        execFileSync('dpkg', ['-x', onlyFile(into, '.deb'), into], { stdio: 'pipe' });
      });
      return join(folder, under);
    }
  }
}

/** Fetches into a folder beside and renames it, so that a broken download is not taken for a tree. */
function fetched(folder: string, fetch: (into: string) => void): string {
  if (!existsSync(folder)) {
    const partial = `${folder}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    fetch(partial);
    renameSync(partial, folder);
  }
  return folder;
}

function onlyFile(folder: string, extension: string): string {
  const name = readdirSync(folder).find((entry) => entry.endsWith(extension));
  if (name === undefined) {
    throw new Error(`nothing that ends in ${extension} was fetched`);
  }
  return join(folder, name);
}
