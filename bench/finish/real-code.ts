/** Places in real code with what a model that knows the code would write there: it says what is missing, and then goes on. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FinishContext } from '../../src/completion/finish/finish.ts';
import { columnsOf, isBlank, leadingWhite } from '../../src/completion/syntax/text-lines.ts';
import { indentUnitOf } from '../../src/completion/indent-unit.ts';

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly context: FinishContext;
  /** What is missing, and the lines that follow it in the file, which are still there behind the cursor. */
  readonly model: string;
  readonly missing: string;
}

export type Kind = 'rest of the line' | 'rest of the line, brackets closed' | 'whole line' | 'body of a block';

const LANGUAGES: Readonly<Record<string, string>> = {
  '.ts': 'typescript',
  '.tsx': 'typescriptreact',
  '.py': 'python',
  '.go': 'go',
  '.rs': 'rust',
  '.java': 'java',
  '.php': 'php',
  '.rb': 'ruby',
  '.sh': 'shellscript',
  '.css': 'css',
};
const MAX_FILE_BYTES = 200_000;
/** As much as the engine reads. */
const BEFORE_CHARACTERS = 4096;
const AFTER_CHARACTERS = 1024;
const LINES_TOO_MANY = 6;
const MAX_BODY_LINES = 15;

/** Source files below the folder, in a stable order. */
export function sourceFiles(folder: string, limit: number): readonly string[] {
  const found: string[] = [];
  const visit = (path: string): void => {
    for (const name of readdirSync(path).toSorted()) {
      const child = join(path, name);
      if (found.length >= limit * 4) {
        return;
      }
      const stat = statSync(child, { throwIfNoEntry: false });
      if (stat?.isDirectory() === true && !name.startsWith('.')) {
        visit(child);
      } else if (
        stat?.isFile() === true &&
        LANGUAGES[extname(name)] !== undefined &&
        !name.endsWith('.d.ts') &&
        stat.size < MAX_FILE_BYTES
      ) {
        found.push(child);
      }
    }
  };
  if (existsSync(folder)) {
    visit(folder);
  }
  const step = Math.max(1, Math.floor(found.length / limit));
  return found.filter((_, at) => at % step === 0).slice(0, limit);
}

export function placesIn(file: string, kind: Kind, random: () => number, perFile: number): readonly Place[] {
  const text = readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  const lines = text.split('\n');
  const languageId = LANGUAGES[extname(file)] ?? 'plaintext';
  const places: Place[] = [];
  for (let attempt = 0; attempt < perFile * 8 && places.length < perFile; attempt++) {
    const at = Math.floor(random() * lines.length);
    const place = placeAt(lines, at, kind, languageId, file, random);
    if (place !== undefined) {
      places.push(place);
    }
  }
  return places;
}

function placeAt(
  lines: readonly string[],
  at: number,
  kind: Kind,
  languageId: string,
  file: string,
  random: () => number,
): Place | undefined {
  const line = lines[at] ?? '';
  const indent = leadingWhite(line);
  if (isBlank(line) || line.length > 200) {
    return undefined;
  }
  if (kind === 'body of a block') {
    return bodyAt(lines, at, languageId, file);
  }
  const boundaries = [...line.matchAll(/\b|(?<=[^\w\s])/g)]
    .map(({ index }) => index)
    .filter((index) => index > indent.length && index < line.length);
  const column = kind === 'whole line' ? indent.length : boundaries[Math.floor(random() * boundaries.length)];
  if (column === undefined) {
    return undefined;
  }
  const missing = line.slice(column);
  const behind = kind === 'rest of the line, brackets closed' ? closersFor(line.slice(0, column)) : '';
  if (kind === 'rest of the line, brackets closed' && (behind === '' || !closesAll(missing, behind))) {
    return undefined;
  }
  const following = lines.slice(at + 1);
  return {
    file,
    line: at + 1,
    missing,
    model: [missing, ...following.slice(0, LINES_TOO_MANY)].join('\n'),
    context: contextOf(lines.slice(0, at), line.slice(0, column), behind, following, languageId, 'line'),
  };
}

/** What an editor would have closed behind the cursor. */
function closersFor(head: string): string {
  const open: string[] = [];
  for (const character of head) {
    const at = '([{'.indexOf(character);
    if (at >= 0) {
      open.push(')]}'.charAt(at));
    } else if (character === open.at(-1)) {
      open.pop();
    } else if (')]}\'"`/#'.includes(character)) {
      return '';
    }
  }
  return open.toReversed().join('');
}

/** Whether the rest of the line closes them, and nothing else. */
function closesAll(missing: string, closers: string): boolean {
  if (/['"`/#]/.test(missing)) {
    return false;
  }
  let own = 0;
  let closed = '';
  for (const character of missing) {
    if ('([{'.includes(character)) {
      own++;
    } else if (')]}'.includes(character)) {
      closed += own > 0 ? '' : character;
      own -= own > 0 ? 1 : 0;
    }
  }
  return closed === closers && own === 0 && missing.replace(/[;,:{\s]+$/, '').endsWith(closers);
}

function bodyAt(lines: readonly string[], at: number, languageId: string, file: string): Place | undefined {
  const head = lines[at] ?? '';
  if (
    !/(?:\)|else|try|=>|\w|>)\s*\{$|\)\s*(?:->.*)?:$|\b(?:then|do)$/.test(head.trimEnd()) ||
    /^\s*(?:\/\/|#|\*)/.test(head)
  ) {
    return undefined;
  }
  const columns = columnsOf(head, 4);
  let end = at + 1;
  while (end < lines.length && (isBlank(lines[end] ?? '') || columnsOf(lines[end] ?? '', 4) > columns)) {
    end++;
  }
  while (end > at + 1 && isBlank(lines[end - 1] ?? '')) {
    end--;
  }
  const body = lines.slice(at + 1, end);
  const indent = leadingWhite(body[0] ?? '');
  if (
    body.length === 0 ||
    body.length > MAX_BODY_LINES ||
    isBlank(body[0] ?? '') ||
    body.some((text, index) => isBlank(text) && isBlank(body[index + 1] ?? ''))
  ) {
    return undefined;
  }
  const missing = body.join('\n').slice(indent.length);
  const following = lines.slice(end);
  return {
    file,
    line: at + 2,
    missing,
    model: [missing, ...following.slice(0, LINES_TOO_MANY)].join('\n'),
    context: contextOf(lines.slice(0, at + 1), indent, '', following, languageId, 'block'),
  };
}

function contextOf(
  above: readonly string[],
  line: string,
  rest: string,
  below: readonly string[],
  languageId: string,
  mode: FinishContext['mode'],
): FinishContext {
  let before = line;
  for (let at = above.length - 1; at >= 0 && before.length + (above[at]?.length ?? 0) + 1 <= BEFORE_CHARACTERS; at--) {
    before = `${above[at]}\n${before}`;
  }
  const after = [rest, ...below].join('\n').slice(0, AFTER_CHARACTERS);
  return { languageId, before, after, mode, indentUnit: indentUnitOf(before), maxLines: MAX_BODY_LINES + 1 };
}
