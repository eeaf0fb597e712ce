/** Module resolution of Python, Go, Rust, Java and C, inside the workspace and best effort. */
import type { FileStore } from '../editor/ports.ts';
import type { ResolveContext } from './import-resolver.ts';
import type { ImportStatement } from './imports.ts';
import { folderOf, foldersUp, isWithin, joinPath } from './source-paths.ts';

export async function resolvePython(statement: ImportStatement, context: ResolveContext): Promise<readonly string[]> {
  const { specifier, names } = statement;
  const dots = /^\.*/.exec(specifier)?.[0].length ?? 0;
  const relative = specifier.slice(dots).replaceAll('.', '/');
  const bases =
    dots > 0
      ? [joinPath(context.folder, '../'.repeat(dots - 1))]
      : [
          ...new Set([
            ...foldersUp(context.folder, context.root),
            ...context.roots.flatMap((root) => [root, `${root}/src`]),
          ]),
        ];
  for (const base of bases) {
    const module = joinPath(base, relative);
    const found = await pythonModule(module, names, context.files);
    if (found.length > 0) {
      return found.filter((path) => path !== context.fromPath);
    }
  }
  return [];
}

/** `from package import name`: the name may be a module of the package, too. */
async function pythonModule(
  module: string,
  names: ImportStatement['names'],
  files: FileStore,
): Promise<readonly string[]> {
  const found = await existing([`${module}.py`, `${module}.pyi`, `${module}/__init__.py`], files);
  const submodules = names
    .filter(({ exported }) => /^\w+$/.test(exported))
    .flatMap(({ exported }) => [`${module}/${exported}.py`, `${module}/${exported}/__init__.py`]);
  return [...found.slice(0, 1), ...(await existing(submodules, files))];
}

const MAX_MODULE_BYTES = 65_536;
/** Files of one package; more would not fit into a prompt anyway. */
const MAX_PACKAGE_FILES = 12;

export async function resolveGo(specifier: string, context: ResolveContext): Promise<readonly string[]> {
  for (const folder of foldersUp(context.folder, context.root)) {
    const text = await context.files.readText(`${folder}/go.mod`, MAX_MODULE_BYTES);
    const module = /^[ \t]*module[ \t]+"?([^\s"]+)/m.exec(text ?? '')?.[1];
    if (module !== undefined) {
      if (!isWithin(module, specifier)) {
        return [];
      }
      const target = joinPath(folder, specifier.slice(module.length));
      const names = await context.files.list(target);
      return names
        .filter((name) => name.endsWith('.go') && !name.endsWith('_test.go'))
        .slice(0, MAX_PACKAGE_FILES)
        .map((name) => `${target}/${name}`);
    }
  }
  return [];
}

/** A path may end in a module or in a name within one, so both are tried. */
export async function resolveRust(statement: ImportStatement, context: ResolveContext): Promise<readonly string[]> {
  const { files, folder, fromPath, root } = context;
  const segments = statement.specifier.split('::');
  const name = /[^/]+$/.exec(fromPath)?.[0] ?? '';
  // `a/mod.rs` and `lib.rs` stand for their folder, `a.rs` for the folder `a` beside it.
  const ownFolder = /^(?:mod|lib|main)\.rs$/.test(name) ? folder : `${folder}/${name.replace(/\.rs$/, '')}`;
  let base: string | undefined;
  if (segments[0] === 'crate') {
    const manifest = await firstWith(foldersUp(folder, root), 'Cargo.toml', files);
    base = manifest === undefined ? undefined : `${manifest}/src`;
    segments.shift();
  } else if (segments[0] === 'self') {
    base = ownFolder;
    segments.shift();
  } else {
    for (; segments[0] === 'super'; segments.shift()) {
      base = folderOf(base ?? ownFolder);
    }
  }
  if (base === undefined) {
    return [];
  }
  const exported = statement.names[0]?.exported;
  const paths = [segments, ...(exported === undefined || exported === '*' ? [] : [[...segments, exported]])];
  const candidates = paths.flatMap((parts) => {
    const target = [base, ...parts].join('/');
    return parts.length === 0
      ? [`${target}/lib.rs`, `${target}/mod.rs`, `${target}/main.rs`, `${target}.rs`]
      : [`${target}.rs`, `${target}/mod.rs`];
  });
  return (await existing(candidates, files)).filter((path) => path !== fromPath);
}

async function firstWith(folders: readonly string[], name: string, files: FileStore): Promise<string | undefined> {
  for (const folder of folders) {
    if ((await files.facts(`${folder}/${name}`)) !== undefined) {
      return folder;
    }
  }
  return undefined;
}

/** The package's path is looked for from each folder above the file: that finds the source root without a build file. */
export async function resolveJava(specifier: string, context: ResolveContext): Promise<readonly string[]> {
  const path = specifier.replaceAll('.', '/');
  for (const folder of foldersUp(context.folder, context.root)) {
    if (path.endsWith('/*')) {
      const target = `${folder}/${path.slice(0, -2)}`;
      const names = await context.files.list(target);
      if (names.length > 0) {
        return names
          .filter((name) => name.endsWith('.java'))
          .slice(0, MAX_PACKAGE_FILES)
          .map((name) => `${target}/${name}`);
      }
    } else {
      // `a.B.C` may be the class C in B.
      const found = await existing([`${folder}/${path}.java`, `${folder}/${folderOf(path)}.java`], context.files);
      if (found.length > 0) {
        return found.slice(0, 1);
      }
    }
  }
  return [];
}

export async function resolveCppInclude(specifier: string, context: ResolveContext): Promise<readonly string[]> {
  const folders = foldersUp(context.folder, context.root).flatMap((folder) => [
    folder,
    `${folder}/include`,
    `${folder}/src`,
  ]);
  return (
    await existing(
      folders.map((folder) => joinPath(folder, specifier)),
      context.files,
    )
  ).slice(0, 1);
}

async function existing(candidates: readonly string[], files: FileStore): Promise<readonly string[]> {
  const facts = await Promise.all(candidates.map((path) => files.facts(path)));
  return candidates.filter((_path, index) => facts[index]?.type === 'file');
}
