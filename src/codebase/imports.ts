/** The import statements of a file, and which names they bring in. */
import type { LanguageFamily } from './languages.ts';

export interface ImportedName {
  /** The name in the importing file; `*`: every name of the other file as it is. */
  readonly local: string;
  /** The name in the other file; `*`: the file as a whole, `default`: what it exports by default. */
  readonly exported: string;
}

export interface ImportStatement {
  /** As written: `./a.js`, `..pkg.module`, `crate::a::b`. */
  readonly specifier: string;
  readonly names: readonly ImportedName[];
  /** Brought in only to be handed on (`export … from`). */
  readonly isReexport: boolean;
}

/** Imports stand at the head of a file; this many characters of it are read. */
export const HEAD_CHARACTERS = 24_000;

/** In the order of the file. Best effort: what is not understood is left out. */
export function parseImports(family: LanguageFamily, text: string): readonly ImportStatement[] {
  const head = text.slice(0, HEAD_CHARACTERS);
  switch (family) {
    case 'script':
      return scriptImports(head);
    case 'python':
      return pythonImports(head);
    case 'go':
      return goImports(head);
    case 'rust':
      return rustImports(head);
    case 'java':
      return javaImports(head);
    case 'cpp':
      return matchesOf(head, /^[ \t]*#[ \t]*include[ \t]+"([^"\n]+)"/gm).map(([, path]) => wildcard(path ?? ''));
    case 'csharp':
      // A namespace does not say which file it is in; files of the same folder are looked at instead.
      return [];
  }
}

function wildcard(specifier: string, isReexport = false): ImportStatement {
  return { specifier, names: [{ local: '*', exported: '*' }], isReexport };
}

function matchesOf(text: string, pattern: RegExp): readonly RegExpExecArray[] {
  return [...text.matchAll(pattern)];
}

const SCRIPT_FROM = /(?:^|[\n;])[ \t]*(import|export)\b([\w$*{},\s]*?)\bfrom\s*['"]([^'"\n]{1,300})['"]/g;
const SCRIPT_REQUIRE =
  /\b(?:const|let|var|import)\s+([\w$]+|\{[\w$,:\s]*\})\s*=\s*(?:await\s+import|require)\(\s*['"]([^'"\n]{1,300})['"]/g;

function scriptImports(head: string): readonly ImportStatement[] {
  const statements = matchesOf(head, SCRIPT_FROM).map(([, keyword, clause, specifier]) => ({
    specifier: specifier ?? '',
    names: scriptNames(clause ?? ''),
    isReexport: keyword === 'export',
  }));
  const required = matchesOf(head, SCRIPT_REQUIRE).map(([, binding, specifier]) => ({
    specifier: specifier ?? '',
    names: binding?.startsWith('{') === true ? scriptNames(binding) : [{ local: binding ?? '', exported: '*' }],
    isReexport: false,
  }));
  return [...statements, ...required];
}

/** `type A, { b as c, type D }`, `* as ns`, `*`; a destructuring pattern renames with a colon. */
function scriptNames(clause: string): readonly ImportedName[] {
  const names: ImportedName[] = [];
  const [outside = '', inside = ''] = clause.split('{');
  for (const part of inside.replace('}', '').split(',')) {
    const [exported, local] = part
      .trim()
      .replace(/^type\s+/, '')
      .split(/\s+as\s+|\s*:\s*/);
    if (exported !== undefined && exported !== '') {
      names.push({ local: local ?? exported, exported });
    }
  }
  const isTypesOnly = clause.includes('{') && outside.trim() === 'type';
  for (const part of isTypesOnly ? [] : outside.replace(/^\s*type\s+(?=[\w$*])/, '').split(',')) {
    const name = part.trim();
    const namespace = /^\*\s*(?:as\s+([\w$]+))?$/.exec(name);
    if (namespace !== null) {
      names.push({ local: namespace[1] ?? '*', exported: '*' });
    } else if (/^[\w$]+$/.test(name)) {
      names.push({ local: name, exported: 'default' });
    }
  }
  return names;
}

const PYTHON_FROM = /^[ \t]*from[ \t]+([.\w]+)[ \t]+import[ \t]+(?:\(([^)]*)\)|((?:[^\n\\#]|\\\r?\n)*))/gm;
const PYTHON_IMPORT = /^[ \t]*import[ \t]+([^\n#;]+)/gm;

function pythonImports(head: string): readonly ImportStatement[] {
  const from = matchesOf(head, PYTHON_FROM).map(([, specifier, parenthesised, plain]) => ({
    specifier: specifier ?? '',
    names: listOfNames((parenthesised ?? plain ?? '').replace(/#[^\n]*|\\/g, '')),
    isReexport: false,
  }));
  const whole = matchesOf(head, PYTHON_IMPORT).flatMap(([, list]) =>
    listOfNames(list ?? '').map(({ local, exported }) => ({
      specifier: exported,
      names: [{ local: local.split('.')[0] ?? local, exported: '*' }],
      isReexport: false,
    })),
  );
  return [...from, ...whole];
}

/** `a, b as c`. */
function listOfNames(list: string): readonly ImportedName[] {
  return list
    .split(',')
    .map((part) => part.trim().split(/\s+as\s+/))
    .flatMap(([exported = '', local]) => (exported === '' ? [] : [{ local: local ?? exported, exported }]));
}

function goImports(head: string): readonly ImportStatement[] {
  const statements: ImportStatement[] = [];
  for (const [, block, single] of matchesOf(head, /^import[ \t]*(?:\(([^)]*)\)|([^\n(]+))/gm)) {
    for (const [, alias, specifier = ''] of matchesOf(block ?? single ?? '', /(?:([\w.]+)[ \t]+)?"([^"\n]+)"/g)) {
      if (alias === '.') {
        statements.push(wildcard(specifier));
      } else if (alias !== '_') {
        const local = alias ?? specifier.split('/').findLast((part) => !/^v\d+$/.test(part)) ?? specifier;
        statements.push({ specifier, names: [{ local, exported: '*' }], isReexport: false });
      }
    }
  }
  return statements;
}

function rustImports(head: string): readonly ImportStatement[] {
  const used = matchesOf(head, /(?:^|\n)[ \t]*(pub(?:\([^)]*\))?[ \t]+)?use[ \t]+([^;]{1,2000});/g).flatMap(
    ([, handedOn, tree]) =>
      expandUse((tree ?? '').replace(/\s+/g, ' ').trim()).map((path) => rustUse(path, handedOn !== undefined)),
  );
  const modules = matchesOf(head, /(?:^|\n)[ \t]*(?:pub(?:\([^)]*\))?[ \t]+)?mod[ \t]+(\w+)[ \t]*;/g).map(
    ([, name = '']) => ({ specifier: `self::${name}`, names: [{ local: name, exported: '*' }], isReexport: false }),
  );
  return [...used, ...modules];
}

function rustUse(path: string, isReexport: boolean): ImportStatement {
  const [whole = '', alias] = path.split(/ as /);
  const segments = whole.split('::').map((segment) => segment.trim());
  const last = segments.pop() ?? '';
  if (last === '*') {
    return wildcard(segments.join('::'), isReexport);
  }
  const name = last === 'self' ? (segments.at(-1) ?? '') : last;
  const exported = last === 'self' ? '*' : last;
  return { specifier: segments.join('::'), names: [{ local: alias?.trim() ?? name, exported }], isReexport };
}

/** `a::{b, c::{d}}` → `a::b`, `a::c::d`. */
function expandUse(tree: string, depth = 0): readonly string[] {
  const open = tree.indexOf('{');
  if (open === -1 || depth > 6) {
    return tree === '' ? [] : [tree];
  }
  const prefix = tree.slice(0, open);
  const inside = tree.slice(open + 1, tree.lastIndexOf('}'));
  const parts: string[] = [];
  let level = 0;
  let start = 0;
  for (let index = 0; index <= inside.length; index++) {
    const char = inside.charAt(index);
    level += char === '{' ? 1 : char === '}' ? -1 : 0;
    if (index === inside.length || (char === ',' && level === 0)) {
      parts.push(inside.slice(start, index).trim());
      start = index + 1;
    }
  }
  return parts.filter((part) => part !== '').flatMap((part) => expandUse(prefix + part, depth + 1));
}

function javaImports(head: string): readonly ImportStatement[] {
  return matchesOf(head, /^[ \t]*import[ \t]+(static[ \t]+)?([\w.]+(?:\.\*)?)[ \t]*;/gm).map(
    ([, isStatic, path = '']) => {
      const segments = path.split('.');
      const last = segments.at(-1) ?? '';
      if (isStatic !== undefined) {
        return {
          specifier: segments.slice(0, -1).join('.'),
          names: [{ local: last, exported: last }],
          isReexport: false,
        };
      }
      return { specifier: path, names: [{ local: last, exported: last }], isReexport: false };
    },
  );
}
