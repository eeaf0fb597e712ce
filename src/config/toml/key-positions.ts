/** Where in the text of a TOML file a key stands: the parser tells it for broken syntax only. */

export interface Position {
  /** Both count from one. */
  readonly line: number;
  readonly column: number;
}

const BLANKS = /[ \t\r]*/y;
const KEY_PART = /[\w-]+|"(?:[^"\\]|\\.)*"|'[^']*'/y;
const DOT = /[ \t]*\.[ \t]*/y;
/** Strings and comments whole, so that nothing in them counts; brackets and line ends one by one. */
const TOKEN =
  /"""(?:\\[^]|[^\\])*?"""|'''[^]*?'''|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*|[\n[\]{}]|[^"'#\n[\]{}]+|["']/y;

/** The positions of all tables and keys that begin a line, by their path. The text is known to be TOML. One way through it. */
export function keyPositions(text: string): ReadonlyMap<string, Position> {
  const positions = new Map<string, Position>();
  let table: readonly string[] = [];
  let index = 0;
  let line = 1;
  let lineStart = 0;

  /** To the end of the line, or further where a value goes on; `depth` counts the brackets that are open. */
  function skipRest(depth: number): void {
    let open = depth;
    while (index < text.length) {
      const token = matchAt(TOKEN, text, index) ?? '\n';
      index += token.length;
      line += token.split('\n').length - 1;
      if (token.includes('\n')) lineStart = index - token.length + token.lastIndexOf('\n') + 1;
      if (token === '[' || token === '{') open++;
      if (token === ']' || token === '}') open--;
      if (token === '\n' && open <= 0) return;
    }
  }

  while (index < text.length) {
    index += matchAt(BLANKS, text, index)?.length ?? 0;
    const brackets = text.startsWith('[[', index) ? 2 : text.startsWith('[', index) ? 1 : 0;
    index += brackets;
    index += brackets === 0 ? 0 : (matchAt(BLANKS, text, index)?.length ?? 0);
    const position = { line, column: index - lineStart + 1 };
    const path = readPath(text, index);
    if (path.parts.length > 0) {
      const whole = brackets > 0 ? path.parts : [...table, ...path.parts];
      if (brackets > 0) table = path.parts;
      const key = pathKey(whole);
      if (!positions.has(key)) positions.set(key, position);
    }
    index = path.end;
    skipRest(brackets);
  }
  return positions;
}

/** Of the path, or of the nearest table around it: an inline table stands in one line. */
export function positionOf(positions: ReadonlyMap<string, Position>, path: readonly string[]): Position {
  for (let length = path.length; length > 0; length--) {
    const position = positions.get(pathKey(path.slice(0, length)));
    if (position !== undefined) {
      return position;
    }
  }
  return { line: 1, column: 1 };
}

function readPath(text: string, start: number): { readonly parts: readonly string[]; readonly end: number } {
  const parts: string[] = [];
  let end = start;
  for (;;) {
    const part = matchAt(KEY_PART, text, end);
    if (part === undefined) {
      return { parts, end };
    }
    parts.push(/^["']/.test(part) ? part.slice(1, -1) : part);
    end += part.length;
    end += matchAt(DOT, text, end)?.length ?? 0;
  }
}

/** What a sticky expression matches there. */
function matchAt(expression: RegExp, text: string, index: number): string | undefined {
  expression.lastIndex = index;
  return expression.exec(text)?.[0];
}

function pathKey(path: readonly string[]): string {
  return JSON.stringify(path);
}
