/** Where in the text of a TOML file a key stands: the parser tells it for broken syntax only. */

export interface Position {
  /** Both count from one. */
  readonly line: number;
  readonly column: number;
}

const TABLE = /^\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$/;
const KEY = /^\s*((?:[\w-]+|"(?:[^"\\]|\\.)*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"(?:[^"\\]|\\.)*"|'[^']*'))*)\s*=/;
const KEY_PART = /[\w-]+|"(?:[^"\\]|\\.)*"|'[^']*'/g;

/** The positions of all tables and keys that begin a line, by their path; the text parses. */
export function keyPositions(text: string): ReadonlyMap<string, Position> {
  const positions = new Map<string, Position>();
  let table: readonly string[] = [];
  let openString: string | undefined;
  text.split('\n').forEach((line, index) => {
    if (openString !== undefined) {
      // Within a string over several lines nothing is a key.
      openString = openStringAfter(line, openString);
      return;
    }
    const header = TABLE.exec(line);
    const key = header === null ? KEY.exec(line) : null;
    const path = header === null ? key?.[1] : header[1];
    if (path !== undefined) {
      const parts = [...path.matchAll(KEY_PART)].map(([part]) => unquoted(part));
      if (header !== null) {
        table = parts;
      }
      const column = line.search(/[^\s[]/) + 1;
      remember(positions, header === null ? [...table, ...parts] : parts, { line: index + 1, column });
    }
    openString = openStringAfter(key === null ? line : line.slice(key[0].length), undefined);
  });
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

function remember(positions: Map<string, Position>, path: readonly string[], position: Position): void {
  const key = pathKey(path);
  if (!positions.has(key)) {
    positions.set(key, position);
  }
}

function pathKey(path: readonly string[]): string {
  return JSON.stringify(path);
}

function unquoted(part: string): string {
  return /^["']/.test(part) ? part.slice(1, -1) : part;
}

/** The delimiter of the string that is open at the end of the line. */
function openStringAfter(line: string, open: string | undefined): string | undefined {
  let rest = line;
  let delimiter = open;
  for (;;) {
    if (delimiter !== undefined) {
      const end = rest.indexOf(delimiter);
      if (end < 0) {
        return delimiter;
      }
      rest = rest.slice(end + delimiter.length);
      delimiter = undefined;
    }
    // Strings of one line are skipped whole, so that a `#` or `'''` in them means nothing.
    const next = /"""|'''|"(?:[^"\\]|\\.)*"|'[^']*'|#/.exec(rest);
    if (next === null || next[0] === '#') {
      return undefined;
    }
    rest = rest.slice(next.index + next[0].length);
    delimiter = next[0] === '"""' || next[0] === "'''" ? next[0] : undefined;
  }
}
