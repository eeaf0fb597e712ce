/** The rules that keep the design true: each takes files and says what breaks it, as `path:line: what`. */
import { type SourceFile, importsOf, resolveImport } from './source-files.ts';

/** Folder in src/ → what it may import. `type:` allows types alone; `*` allows every layer but those named with `-`. */
export type LayerTable = Readonly<Record<string, readonly string[]>>;

export function brokenLayers(files: readonly SourceFile[], table: LayerTable): string[] {
  return files.flatMap((file) => {
    const layer = layerOf(file.path);
    const allowed = table[layer];
    if (allowed === undefined) {
      return [`${file.path}: the folder ${layer} is not in the layer table`];
    }
    return importsOf(file.source).flatMap(({ specifier, kind, line }) => {
      const target = resolveImport(file.path, specifier);
      if (target === undefined) {
        return [];
      }
      if (!target.startsWith('src/')) {
        return [`${file.path}:${line}: ${layer} imports ${target}, which is outside src`];
      }
      const other = layerOf(target);
      return other === layer || mayImport(allowed, other, kind)
        ? []
        : [`${file.path}:${line}: ${layer} imports ${other}`];
    });
  });
}

/** Packages that only some files may import, `mayImport` decides which. */
export function forbiddenPackages(
  files: readonly SourceFile[],
  packages: readonly string[],
  mayImportThem: (path: string) => boolean,
): string[] {
  return files
    .filter(({ path }) => !mayImportThem(path))
    .flatMap(({ path, source }) =>
      importsOf(source)
        .filter(({ specifier }) => packages.some((name) => specifier === name || specifier.startsWith(`${name}/`)))
        .map(({ specifier, line }) => `${path}:${line}: imports ${specifier}`),
    );
}

export function sideEffectImports(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, source }) =>
    importsOf(source)
      .filter(({ kind }) => kind === 'effect')
      .map(({ specifier, line }) => `${path}:${line}: imports ${specifier} for its effect`),
  );
}

/** Cycles of imports that exist at run time; each is reported once, as its members in order. */
export function importCycles(files: readonly SourceFile[]): string[] {
  const graph = new Map(
    files.map(({ path, source }) => [
      path,
      importsOf(source)
        .filter(({ kind }) => kind === 'static' || kind === 'effect')
        .flatMap(({ specifier }) => resolveImport(path, specifier) ?? []),
    ]),
  );
  const finished = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      cycles.push([...trail.slice(start), path].join(' → '));
      return;
    }
    if (finished.has(path)) {
      return;
    }
    for (const next of graph.get(path) ?? []) {
      visit(next, [...trail, path]);
    }
    finished.add(path);
  };
  for (const path of graph.keys()) {
    visit(path, []);
  }
  return cycles;
}

export function filesTooLong(files: readonly SourceFile[], limitOf: (path: string) => number): string[] {
  return files.flatMap(({ path, source }) => {
    const lines = source.trimEnd().split('\n').length;
    const limit = limitOf(path);
    return lines > limit ? [`${path}: ${lines} lines, ${limit} are allowed`] : [];
  });
}

/** Names that say nothing about what is inside, as a whole or as a part: `util.ts`, `task-manager.ts`, `common/`. */
export function emptyNames(files: readonly SourceFile[], words: readonly string[]): string[] {
  return files.flatMap(({ path }) =>
    path
      .split('/')
      .flatMap((segment) => segment.split(/[.-]/))
      .filter((word) => words.includes(word))
      .map((word) => `${path}: a name with "${word}" in it says nothing`),
  );
}

/** Source files are named in kebab-case; a provider may be spelt as its name is. */
export function unconventionalNames(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => !/^[a-z0-9-]+(\.[a-z0-9-]+)*\.(ts|mjs)$/.test(path.split('/').at(-1) ?? ''))
    .map(({ path }) => `${path}: not kebab-case`);
}

/** A file begins with what it is for. */
export function withoutPurpose(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ source }) => !/^(#![^\n]*\n|\/\/ @ts-check\n)*\/\*\*/.test(source))
    .map(({ path }) => `${path}: does not begin with a /** sentence on its purpose */`);
}

/** Text that may stand nowhere in these files; the reason completes "… : <reason>". */
export function forbiddenText(files: readonly SourceFile[], pattern: RegExp, reason: string): string[] {
  return files.flatMap(({ path, source }) =>
    source.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${reason}`] : [])),
  );
}

/**
 * The id of a provider as a string outside the file that defines it: a test of a name instead of a capability. Of ids that are
 * everyday words (`commonWords`) only comparisons count.
 */
export function providerIdsElsewhere(
  files: readonly SourceFile[],
  definitionsFolder: string,
  commonWords: readonly string[],
): string[] {
  const definitions = files.filter(({ path }) => path.startsWith(definitionsFolder) && !path.endsWith('/index.ts'));
  return definitions.flatMap((definition) => {
    const id = /\bid:\s*'([^']+)'/.exec(definition.source)?.[1];
    if (id === undefined) {
      return [];
    }
    const literal = `'${id.replaceAll('.', String.raw`\.`)}'`;
    const pattern = new RegExp(
      commonWords.includes(id) ? `(?:[!=]==?|case)\\s*${literal}|${literal}\\s*[!=]==?` : literal,
    );
    return files
      .filter(({ path }) => path !== definition.path && !path.endsWith('/index.ts'))
      .flatMap(({ path, source }) =>
        source.split('\n').flatMap((line, index) => {
          const inCode = pattern.test(line) && !/^\s*(\*|\/\/|\/\*)/.test(line) && !isImportOf(line, id);
          return inCode ? [`${path}:${index + 1}: names the provider ${id}`] : [];
        }),
      );
  });
}

function isImportOf(line: string, id: string): boolean {
  return importsOf(line).some(({ specifier }) => specifier === id) || line.trim().startsWith('} from ');
}

/** `src/router/wire/x.ts` → `router`; `src/extension.ts` → `extension.ts`. */
function layerOf(path: string): string {
  return path.split('/')[1] ?? path;
}

function mayImport(allowed: readonly string[], layer: string, kind: string): boolean {
  if (allowed.includes('*')) {
    return !allowed.includes(`-${layer}`);
  }
  return allowed.includes(layer) || (kind === 'type' && allowed.includes(`type:${layer}`));
}
