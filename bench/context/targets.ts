/** Places where a model needs to know a name from another file: a member behind a dot that the file names only there. */
import type { Tree, TreeFile } from './trees.ts';

export interface Target {
  readonly file: TreeFile;
  readonly line: number;
  /** Behind the dot. */
  readonly character: number;
  readonly name: string;
  readonly openTabs: readonly string[];
}

/** The same numbers on every run. */
function createRandom(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

export function targetsOf(tree: Tree, most: number, seed: number): readonly Target[] {
  const random = createRandom(seed);
  const all: Target[] = [];
  for (const file of tree.files.values()) {
    const reach = withinTwoHops(file, tree);
    for (const { name, line, character } of onceAfterDot(file.text)) {
      if (reach.some((path) => declares(tree.files.get(path)?.text ?? '', name))) {
        all.push({ file, line, character, name, openTabs: [] });
      }
    }
  }
  return shuffled(all, random)
    .slice(0, most)
    .map((target) => ({ ...target, openTabs: openTabs(target.file, tree, random) }));
}

function withinTwoHops(file: TreeFile, tree: Tree): readonly string[] {
  const direct = file.imports;
  const further = direct.flatMap((path) => tree.files.get(path)?.imports ?? []);
  return [...new Set([...direct, ...further])].filter((path) => path !== file.path);
}

function* onceAfterDot(text: string): Generator<{ name: string; line: number; character: number }> {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, ' '));
  const counts = new Map<string, number>();
  for (const [word] of text.matchAll(/[A-Za-z_$][\w$]*/g)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  for (const [line, lineText] of code.split('\n').entries()) {
    for (const match of lineText.matchAll(/(?<=[\w)\]])\??\.([A-Za-z_$][\w$]{2,})/g)) {
      const name = match[1] ?? '';
      const isImport = /^\s*(?:import|export)\b.*from|^\s*\*|['"]/.test(lineText.slice(0, match.index));
      if (counts.get(name) === 1 && !isImport && !BUILT_IN.has(name)) {
        yield { name, line, character: match.index + match[0].length - name.length };
      }
    }
  }
}

/** Every model knows these, and nobody can tell whether `size` is that of a `Map`. */
const BUILT_IN: ReadonlySet<string> = new Set(
  [
    Array,
    Map,
    Set,
    Promise,
    Object,
    String,
    Number,
    RegExp,
    Date,
    Math,
    JSON,
    Symbol,
    URL,
    Response,
    Headers,
    Function,
  ].flatMap((value) => [
    ...Object.getOwnPropertyNames(value),
    ...Object.getOwnPropertyNames('prototype' in value ? value.prototype : {}),
  ]),
);

/** By a pattern of its own: the name begins a line as a member, or stands behind a keyword. */
function declares(text: string, name: string): boolean {
  const escaped = name.replaceAll('$', '\\$');
  return new RegExp(
    `(?:^[ \\t]*(?:(?:public|protected|static|readonly|abstract|async|get|set|override|declare)[ \\t]+)*${escaped}[?!]?[ \\t]*[:(<=]|\\b(?:function|const|let|class|interface|type|enum|namespace)[ \\t]+${escaped}\\b)`,
    'm',
  ).test(text);
}

/** Half of the imports, some files of the same folder, some from anywhere. */
function openTabs(file: TreeFile, tree: Tree, random: (limit: number) => number): readonly string[] {
  const folder = file.path.slice(0, file.path.lastIndexOf('/'));
  const all = [...tree.files.keys()].filter((path) => path !== file.path);
  const beside = all.filter((path) => path.slice(0, path.lastIndexOf('/')) === folder);
  return [
    ...new Set([
      ...shuffled(file.imports, random).slice(0, Math.min(8, Math.ceil(file.imports.length / 2))),
      ...shuffled(beside, random).slice(0, 6),
      ...shuffled(all, random).slice(0, 4),
    ]),
  ];
}

function shuffled<T>(items: readonly T[], random: (limit: number) => number): readonly T[] {
  const result = [...items];
  for (let index = result.length - 1; index > 0; index--) {
    const other = random(index + 1);
    const kept = result[index] as T;
    result[index] = result[other] as T;
    result[other] = kept;
  }
  return result;
}
