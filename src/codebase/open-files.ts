/** Open documents as windows of 60 lines with the words in them; only windows whose text changed are read again. */
import { redactWindow } from '../base/redact.ts';
import type { DocumentView } from '../editor/document.ts';
import type { SlicedWork } from './background.ts';

/** The size that Copilot uses for neighbouring files; half of it is less than a function. */
const WINDOW_LINES = 60;
/** Of a longer document, only its beginning is read: 10,200 lines. */
const MAX_WINDOWS = 170;
/** Some 10 MB; beyond it everything is read anew. */
const MAX_WORDS = 100_000;

export interface CodeWindow {
  readonly firstLine: number;
  readonly text: string;
  /** Each word once, as its number in the vocabulary. */
  readonly words: readonly number[];
}

export interface OpenFile {
  readonly uri: string;
  readonly path: string;
  readonly version: number;
  readonly windows: readonly CodeWindow[];
}

export interface OpenFiles {
  /** As it was read last, maybe an older version. */
  peek(uri: string): OpenFile | undefined;
  /** Reads what is new in the document. */
  read(document: DocumentView): SlicedWork<OpenFile>;
  /** Forgets documents that are no longer open. */
  keepOnly(uris: ReadonlySet<string>): void;
  /** The numbers of the words in a text. */
  wordsOf(text: string): readonly number[];
  /** In how many windows of all open files a word occurs. */
  frequency(word: number): number;
  readonly windowCount: number;
}

export function createOpenFiles(): OpenFiles {
  const opened = new Map<string, OpenFile>();
  const vocabulary = new Map<string, number>();
  const frequencies: number[] = [];
  let windowCount = 0;

  const wordsOf = (text: string): readonly number[] => {
    const words = new Set<number>();
    for (const [word] of text.matchAll(WORD)) {
      let number = vocabulary.get(word);
      if (number === undefined) {
        number = vocabulary.size;
        vocabulary.set(word, number);
      }
      words.add(number);
    }
    return [...words];
  };

  const count = (windows: readonly CodeWindow[], by: 1 | -1): void => {
    windowCount += by * windows.length;
    for (const { words } of windows) {
      for (const word of words) {
        frequencies[word] = (frequencies[word] ?? 0) + by;
      }
    }
  };

  return {
    peek: (uri) => opened.get(uri),
    read: function* (document) {
      const before = opened.get(document.uri);
      if (before?.version === document.version) {
        return before;
      }
      const windows: CodeWindow[] = [];
      for (
        let firstLine = 0;
        firstLine < document.lineCount && windows.length < MAX_WINDOWS;
        firstLine += WINDOW_LINES
      ) {
        const text = linesOf(document, firstLine);
        const same = before?.windows[windows.length];
        windows.push(same?.text === text ? same : { firstLine, text, words: wordsOf(text) });
        yield;
      }
      const { uri, path, version } = document;
      const file: OpenFile = { uri, path, version, windows };
      // Another reading may have finished meanwhile.
      count(opened.get(uri)?.windows ?? [], -1);
      count(windows, 1);
      opened.set(uri, file);
      return file;
    },
    keepOnly: (uris) => {
      for (const [uri, { windows }] of opened) {
        if (!uris.has(uri)) {
          count(windows, -1);
          opened.delete(uri);
        }
      }
      if (opened.size === 0 || vocabulary.size > MAX_WORDS) {
        opened.clear();
        vocabulary.clear();
        frequencies.length = 0;
        windowCount = 0;
      }
    },
    wordsOf,
    frequency: (word) => frequencies[word] ?? 0,
    get windowCount() {
      return windowCount;
    },
  };
}

/** Lines are cut at this length: longer ones are data. */
const LONGEST_LINE = 400;

function linesOf(document: DocumentView, firstLine: number): string {
  const lines: string[] = [];
  const last = Math.min(document.lineCount, firstLine + WINDOW_LINES);
  for (let line = firstLine; line < last; line++) {
    lines.push(shortened(document.lineAt(line)));
  }
  return lines.join('\n');
}

/** What is left of a secret at the cut could no longer be told from other text, so it goes before the cut. */
function shortened(line: string): string {
  return line.length <= LONGEST_LINE
    ? line
    : redactWindow(line.slice(0, LONGEST_LINE + LONGEST_SECRET), 0, LONGEST_LINE);
}

/** Longer than any token. */
const LONGEST_SECRET = 4_096;

/** Identifiers of two characters or more. */
const WORD = /[\p{L}_$][\p{L}\p{N}_$]+/gu;
