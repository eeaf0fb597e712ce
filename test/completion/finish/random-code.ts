/** Well-formed code at random, with the places in it where a model could be asked. */
import * as fc from 'fast-check';

export interface CodeStyle {
  readonly languageId: string;
  readonly unit: string;
  readonly head: (name: string) => string;
  readonly open: (condition: string) => string;
  readonly close: string | undefined;
  readonly end: string;
}

const STYLES: readonly CodeStyle[] = [
  {
    languageId: 'typescript',
    unit: '  ',
    head: (name) => `function ${name}() {`,
    open: (c) => `if (${c}) {`,
    close: '}',
    end: ';',
  },
  { languageId: 'go', unit: '\t', head: (name) => `func ${name}() {`, open: (c) => `if ${c} {`, close: '}', end: '' },
  {
    languageId: 'java',
    unit: '    ',
    head: (name) => `void ${name}() {`,
    open: (c) => `while (${c}) {`,
    close: '}',
    end: ';',
  },
  {
    languageId: 'python',
    unit: '    ',
    head: (name) => `def ${name}():`,
    open: (c) => `for ${c} in xs:`,
    close: undefined,
    end: '',
  },
  { languageId: 'ruby', unit: '  ', head: (name) => `def ${name}`, open: (c) => `if ${c}`, close: 'end', end: '' },
  {
    languageId: 'lua',
    unit: '  ',
    head: (name) => `function ${name}()`,
    open: (c) => `if ${c} then`,
    close: 'end',
    end: '',
  },
];

type Statement = { readonly shape: number; readonly body?: readonly Statement[] };

const { statements } = fc.letrec<{ statements: Statement[]; statement: Statement }>((tie) => ({
  statement: fc.oneof(
    { maxDepth: 3 },
    { weight: 4, arbitrary: fc.record({ shape: fc.nat(6) }) },
    { weight: 1, arbitrary: fc.record({ shape: fc.nat(2), body: tie('statements') }) },
  ),
  statements: fc.array(tie('statement'), { minLength: 1, maxLength: 5 }),
}));

export interface RandomCode {
  readonly style: CodeStyle;
  /** Lines of one function, head and end included. */
  readonly lines: readonly string[];
}

export const randomCode: fc.Arbitrary<RandomCode> = fc
  .tuple(fc.constantFrom(...STYLES), statements)
  .map(([style, body]) => {
    let count = 0;
    // Names that are no two alike and no word twice over, so that nothing looks like an echo or a loop.
    const name = (): string =>
      `${WORDS[count % WORDS.length]}_${WORDS[Math.floor(count / WORDS.length) % WORDS.length]}${count++}`;
    const write = (list: readonly Statement[], level: number): string[] =>
      list.flatMap(({ shape, body: inner }) => {
        const indent = style.unit.repeat(level);
        if (inner !== undefined) {
          const closing = style.close === undefined ? [] : [indent + style.close];
          return [indent + style.open(name()), ...write(inner, level + 1), ...closing];
        }
        return [indent + simple(shape, name, style.end)];
      });
    const closing = style.close === undefined ? [] : [style.close];
    return { style, lines: [style.head(name()), ...write(body, 1), ...closing] };
  });

const WORDS: readonly string[] = [
  'red',
  'blue',
  'item',
  'count',
  'name',
  'load',
  'key',
  'row',
  'user',
  'path',
  'time',
  'node',
];

function simple(shape: number, name: () => string, end: string): string {
  switch (shape) {
    case 0:
      return `${name()} = ${name()} + 1${end}`;
    case 1:
      return `${name()}(${name()}, [${name()}, "${name()} (b"])${end}`;
    case 2:
      return `return_${name()}(${name()}(${name()}))${end}`;
    case 3:
      return `${name()}.${name()}({"${name()}": ${name()}[0]})${end}`;
    case 4:
      return `${name()} = "${name()} ${name()}"${end}`;
    case 5:
      return `${name()}[${name()}] = (${name()} * (${name()} - 2))${end}`;
    default:
      return `${name()}()${end}`;
  }
}
