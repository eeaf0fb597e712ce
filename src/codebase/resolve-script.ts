/** Module resolution of TypeScript and JavaScript: relative paths, tsconfig paths, packages of the same workspace. */
import type { FileStore } from '../editor/ports.ts';
import type { ResolveContext } from './import-resolver.ts';
import { folderOf, foldersUp, isWithin, joinPath } from './source-paths.ts';
import { parseJsonWithComments } from './json-with-comments.ts';

export async function resolveScript(specifier: string, context: ResolveContext): Promise<readonly string[]> {
  if (specifier.startsWith('.')) {
    return asList(await scriptFile(joinPath(context.folder, specifier), context.files));
  }
  if (specifier.startsWith('/') || /^[a-z]+:/.test(specifier)) {
    return [];
  }
  return asList((await byConfig(specifier, context)) ?? (await byPackage(specifier, context)));
}

function asList(path: string | undefined): readonly string[] {
  return path === undefined ? [] : [path];
}

const SOURCE_ENDINGS = ['.ts', '.tsx', '.mts', '.cts', '.d.ts', '.js', '.jsx', '.mjs', '.cjs', '.vue', '.svelte'];
/** What the compiler will call it → what it may be called in the source. */
const WRITTEN_AS: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx', '.js', '.jsx', '.d.ts'],
  '.jsx': ['.tsx', '.jsx'],
  '.mjs': ['.mts', '.mjs'],
  '.cjs': ['.cts', '.cjs'],
};

async function scriptFile(path: string, files: FileStore): Promise<string | undefined> {
  const ending = /\.[cm]?jsx?$/.exec(path)?.[0];
  const stem = ending === undefined ? path : path.slice(0, -ending.length);
  const candidates = [
    ...(ending === undefined ? [] : (WRITTEN_AS[ending] ?? []).map((source) => stem + source)),
    ...(SOURCE_ENDINGS.some((known) => path.endsWith(known)) ? [path] : []),
    ...SOURCE_ENDINGS.map((source) => path + source),
    ...SOURCE_ENDINGS.map((source) => `${path}/index${source}`),
  ];
  return firstFile(candidates, files);
}

async function firstFile(candidates: readonly string[], files: FileStore): Promise<string | undefined> {
  for (const candidate of candidates) {
    if ((await files.facts(candidate))?.type === 'file') {
      return candidate;
    }
  }
  return undefined;
}

interface PathMap {
  readonly baseFolder: string;
  readonly hasBaseUrl: boolean;
  readonly paths: Readonly<Record<string, readonly string[]>>;
}

/** By `paths` and `baseUrl` of the nearest tsconfig or jsconfig. */
async function byConfig(specifier: string, { files, folder, root }: ResolveContext): Promise<string | undefined> {
  for (const current of foldersUp(folder, root)) {
    for (const name of ['tsconfig.json', 'jsconfig.json']) {
      const map = await readPathMap(`${current}/${name}`, files, 0);
      if (map !== undefined) {
        return byPathMap(specifier, map, files);
      }
    }
  }
  return undefined;
}

const MAX_CONFIG_BYTES = 262_144;

async function readPathMap(path: string, files: FileStore, depth: number): Promise<PathMap | undefined> {
  const text = await files.readText(path, MAX_CONFIG_BYTES);
  const config = text === undefined ? undefined : parseJsonWithComments(text);
  if (!isRecord(config)) {
    return undefined;
  }
  const options = isRecord(config['compilerOptions']) ? config['compilerOptions'] : {};
  const baseUrl = typeof options['baseUrl'] === 'string' ? options['baseUrl'] : undefined;
  if (baseUrl !== undefined || isRecord(options['paths'])) {
    const baseFolder = joinPath(folderOf(path), baseUrl ?? '.');
    return { baseFolder, hasBaseUrl: baseUrl !== undefined, paths: stringLists(options['paths']) };
  }
  const parents = [config['extends']].flat().filter((parent) => typeof parent === 'string');
  for (const parent of depth < 5 ? parents.toReversed() : []) {
    if (parent.startsWith('.')) {
      const target = joinPath(folderOf(path), parent.endsWith('.json') ? parent : `${parent}.json`);
      const map = await readPathMap(target, files, depth + 1);
      if (map !== undefined) {
        return map;
      }
    }
  }
  return { baseFolder: folderOf(path), hasBaseUrl: false, paths: {} };
}

async function byPathMap(specifier: string, map: PathMap, files: FileStore): Promise<string | undefined> {
  // The longest pattern wins, as in the compiler.
  for (const pattern of Object.keys(map.paths).toSorted((a, b) => b.length - a.length)) {
    const [before = '', after] = pattern.split('*');
    const isMatch =
      after === undefined
        ? specifier === pattern
        : specifier.length >= before.length + after.length && specifier.startsWith(before) && specifier.endsWith(after);
    if (isMatch) {
      const middle = after === undefined ? '' : specifier.slice(before.length, specifier.length - after.length);
      for (const target of map.paths[pattern] ?? []) {
        const found = await scriptFile(
          joinPath(
            map.baseFolder,
            target.replace('*', () => middle),
          ),
          files,
        );
        if (found !== undefined) {
          return found;
        }
      }
    }
  }
  return map.hasBaseUrl ? scriptFile(joinPath(map.baseFolder, specifier), files) : undefined;
}

/** A package that is linked into `node_modules` from the workspace itself, or the package's own `#imports`. */
async function byPackage(specifier: string, context: ResolveContext): Promise<string | undefined> {
  const { files, folder, root, roots } = context;
  const parts = specifier.split('/');
  const name = specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
  const rest = specifier.slice(name.length + 1);
  for (const current of foldersUp(folder, root)) {
    const linked = await files.realPath(`${current}/node_modules/${name}`);
    if (linked !== undefined) {
      const isOurs = roots.some((own) => isWithin(own, linked)) && !linked.includes('/node_modules/');
      return isOurs ? packageFile(linked, rest, files) : undefined;
    }
  }
  return undefined;
}

async function packageFile(folder: string, rest: string, files: FileStore): Promise<string | undefined> {
  if (rest !== '') {
    return (await scriptFile(`${folder}/src/${rest}`, files)) ?? scriptFile(`${folder}/${rest}`, files);
  }
  const text = await files.readText(`${folder}/package.json`, MAX_CONFIG_BYTES);
  const manifest = text === undefined ? undefined : parseJsonWithComments(text);
  const fields = isRecord(manifest)
    ? [manifest['source'], manifest['types'], manifest['module'], manifest['main']]
    : [];
  for (const entry of ['src/index', 'index', ...fields.filter((field) => typeof field === 'string')]) {
    const found = await scriptFile(joinPath(folder, entry), files);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function stringLists(value: unknown): Readonly<Record<string, readonly string[]>> {
  return isRecord(value)
    ? Object.fromEntries(
        Object.entries(value).map(([key, list]) => [key, [list].flat().filter((item) => typeof item === 'string')]),
      )
    : {};
}
