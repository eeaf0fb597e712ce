/** From an import statement to the files of the workspace that it means. Packages of others are left out. */
import { LRUCache } from 'lru-cache';
import type { FileStore } from '../editor/ports.ts';
import type { ImportStatement } from './imports.ts';
import type { LanguageFamily } from './languages.ts';
import { resolveCppInclude, resolveGo, resolveJava, resolvePython, resolveRust } from './resolve-module.ts';
import { resolveScript } from './resolve-script.ts';
import { folderOf, isWithin, slashed } from './source-paths.ts';

export interface ImportResolver {
  /**
   * Absolute paths, `/` separated; more than one where a package has several files. Never rejects. The same question gets
   * the same promise until files come or go.
   */
  resolve(fromPath: string, family: LanguageFamily, statement: ImportStatement): Promise<readonly string[]>;
  /** Other files whose names are visible without an import: those of the same package or namespace. */
  siblings(fromPath: string, family: LanguageFamily): Promise<readonly string[]>;
  /** After files appeared or disappeared. */
  forget(): void;
}

/** What resolving needs to know of where it stands. */
export interface ResolveContext {
  readonly files: FileStore;
  /** Folder of the importing file. */
  readonly folder: string;
  readonly fromPath: string;
  /** The workspace folder that holds the file, else the file's own folder. */
  readonly root: string;
  readonly roots: readonly string[];
}

const MAX_REMEMBERED = 5_000;
const MAX_SIBLINGS = 24;

export function createImportResolver(files: FileStore, workspaceFolders: () => readonly string[]): ImportResolver {
  const remembered = new LRUCache<string, Promise<readonly string[]>>({ max: MAX_REMEMBERED });

  const contextOf = (fromPath: string): ResolveContext => {
    const roots = workspaceFolders().map(slashed);
    const folder = folderOf(fromPath);
    return { files, folder, fromPath, root: roots.find((root) => isWithin(root, fromPath)) ?? folder, roots };
  };

  const remember = (key: string, find: () => Promise<readonly string[]>): Promise<readonly string[]> => {
    const known = remembered.get(key);
    if (known !== undefined) {
      return known;
    }
    const found = find().catch((): readonly string[] => []);
    remembered.set(key, found);
    return found;
  };

  return {
    resolve: (rawPath, family, statement) => {
      const fromPath = slashed(rawPath);
      const context = contextOf(fromPath);
      const names = statement.names.map(({ exported }) => exported).join();
      const from = family === 'rust' ? fromPath : context.folder;
      return remember(`${family}\0${from}\0${statement.specifier}\0${names}`, () =>
        resolveByFamily(family, statement, context),
      );
    },
    siblings: (rawPath, family) => {
      const fromPath = slashed(rawPath);
      const endings = SIBLING_ENDINGS[family];
      return endings === undefined
        ? NO_FILES
        : remember(`siblings\0${fromPath}`, () => filesBeside(files, fromPath, endings));
    },
    forget: () => remembered.clear(),
  };
}

/** One promise for all, since callers know promises that they have seen. */
const NO_FILES: Promise<readonly string[]> = Promise.resolve([]);

/** In these a folder is a package, whose files see each other. */
const SIBLING_ENDINGS: Readonly<Partial<Record<LanguageFamily, RegExp>>> = {
  go: /(?<!_test)\.go$/,
  java: /\.java$/,
  csharp: /\.cs$/,
};

async function filesBeside(files: FileStore, fromPath: string, endings: RegExp): Promise<readonly string[]> {
  const folder = folderOf(fromPath);
  const names = await files.list(folder);
  return names
    .filter((name) => endings.test(name))
    .map((name) => `${folder}/${name}`)
    .filter((path) => path !== fromPath)
    .slice(0, MAX_SIBLINGS);
}

function resolveByFamily(
  family: LanguageFamily,
  statement: ImportStatement,
  context: ResolveContext,
): Promise<readonly string[]> {
  switch (family) {
    case 'script':
      return resolveScript(statement.specifier, context);
    case 'python':
      return resolvePython(statement, context);
    case 'go':
      return resolveGo(statement.specifier, context);
    case 'rust':
      return resolveRust(statement, context);
    case 'java':
      return resolveJava(statement.specifier, context);
    case 'cpp':
      return resolveCppInclude(statement.specifier, context);
    case 'csharp':
      return Promise.resolve([]);
  }
}
