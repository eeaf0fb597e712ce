/** The files that the rules look at, and the imports in them. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

export interface SourceFile {
  /** Relative to the project, `/` separated. */
  readonly path: string;
  readonly source: string;
}

export interface ImportFound {
  readonly specifier: string;
  /** `effect` binds nothing: `import './x.ts'`. */
  readonly kind: 'static' | 'type' | 'dynamic' | 'effect';
  readonly line: number;
}

/** Everything that git tracks or would track, as text; binary files come back with a NUL in them. */
export function projectFiles(projectFolder: string): readonly SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: projectFolder,
    encoding: 'utf8',
  });
  return listed
    .split('\0')
    .filter((path) => path !== '')
    .flatMap((path) => {
      try {
        return [{ path, source: readFileSync(join(projectFolder, path), 'utf8') }];
      } catch {
        // Deleted in the working tree, or a link to a folder.
        return [];
      }
    });
}

const STATIC = /^[ \t]*(import|export)\s+(type\s+)?(?:[^'"`;()]*?\bfrom\s*)?(['"])([^'"]+)\3/gm;
const DYNAMIC = /\b(?:import|require)\s*\(\s*(['"])([^'"]+)\1/g;

export function importsOf(source: string): readonly ImportFound[] {
  const code = withoutComments(source);
  const found: ImportFound[] = [];
  for (const match of code.matchAll(STATIC)) {
    const [text, keyword, typeOnly, , specifier = ''] = match;
    const binds = /\bfrom\s*['"]/.test(text);
    if (keyword === 'export' && !binds) {
      continue;
    }
    const kind = typeOnly !== undefined || bindsOnlyTypes(text) ? 'type' : binds ? 'static' : 'effect';
    found.push({ specifier, kind, line: lineOf(code, match.index) });
  }
  for (const match of code.matchAll(DYNAMIC)) {
    found.push({ specifier: match[2] ?? '', kind: 'dynamic', line: lineOf(code, match.index) });
  }
  return found;
}

/** The path in the project that a relative import means; `undefined` for packages. */
export function resolveImport(from: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : undefined;
}

/** `import { type A, type B } from` leaves no trace at run time either. */
function bindsOnlyTypes(text: string): boolean {
  const names = /\{([^}]*)\}/.exec(text)?.[1]?.split(',') ?? [];
  const bound = names.map((name) => name.trim()).filter((name) => name !== '');
  return /^\s*(?:import|export)\s*\{/.test(text) && bound.length > 0 && bound.every((name) => name.startsWith('type '));
}

/** Comments become blanks of the same length, so that positions still hold; string contents stay. */
function withoutComments(source: string): string {
  const tokens = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
  return source.replaceAll(tokens, (token) => (token.startsWith('/') ? token.replaceAll(/[^\n]/g, ' ') : token));
}

function lineOf(source: string, index: number): number {
  return source.slice(0, index).split('\n').length;
}
