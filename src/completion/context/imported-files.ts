/** The files that a file imports, with their symbols: loaded in the background, what is there is used. */
import type { ImportResolver } from '../../codebase/import-resolver.ts';
import { type ImportStatement, HEAD_CHARACTERS, parseImports } from '../../codebase/imports.ts';
import { familyOfLanguage, type LanguageFamily } from '../../codebase/languages.ts';
import { slashed } from '../../codebase/source-paths.ts';
import type { FileSymbols, SymbolIndex } from '../../codebase/symbol-index.ts';
import type { DocumentView } from '../../editor/document.ts';

export interface ImportingFile {
  readonly path: string;
  readonly family: LanguageFamily;
  readonly imports: readonly ImportStatement[];
}

/** Reads the head of a document anew only when it changed. */
export class ImportHeads {
  readonly #heads = new Map<string, { readonly head: string; readonly file: ImportingFile }>();

  of(document: DocumentView): ImportingFile | undefined {
    const family = familyOfLanguage(document.languageId);
    if (family === undefined) {
      return undefined;
    }
    const head = headOf(document);
    const known = this.#heads.get(document.uri);
    if (known?.head === head) {
      return known.file;
    }
    const file = { path: slashed(document.path), family, imports: parseImports(family, head) };
    this.#heads.delete(document.uri);
    this.#heads.set(document.uri, { head, file });
    if (this.#heads.size > MAX_HEADS) {
      this.#heads.delete(this.#heads.keys().next().value ?? '');
    }
    return file;
  }
}

const MAX_HEADS = 50;
const MAX_HEAD_LINES = 400;

function headOf(document: DocumentView): string {
  const lines: string[] = [];
  let size = 0;
  for (let line = 0; line < Math.min(document.lineCount, MAX_HEAD_LINES) && size < HEAD_CHARACTERS; line++) {
    const text = document.lineAt(line);
    lines.push(text);
    size += text.length + 1;
  }
  return lines.join('\n');
}

/** The files behind the imports of one question, as far as they are loaded. */
export interface ImportLoader {
  /** What is loaded of an import; begins to load the rest. */
  filesOf(file: ImportingFile, statement: ImportStatement): readonly FileSymbols[];
  /** The files that are visible without an import. */
  filesBeside(file: ImportingFile): readonly FileSymbols[];
  /** Waits for what was missing; `false`: nothing was. */
  loadMissing(): Promise<boolean>;
}

export function createImportLoader(
  resolver: ImportResolver,
  index: SymbolIndex,
  mayUse: (path: string) => boolean,
  urgency: 'soon' | 'idle',
): ImportLoader {
  let missing: Promise<unknown>[] = [];
  let asked = new Map<ImportStatement, readonly FileSymbols[]>();
  const usable = new Map<string, boolean>();

  const isUsable = (path: string): boolean => {
    let answer = usable.get(path);
    if (answer === undefined) {
      answer = mayUse(path);
      usable.set(path, answer);
    }
    return answer;
  };

  const symbolsOf = (target: Promise<readonly string[]>): readonly FileSymbols[] => {
    const paths = knownPaths.get(target);
    if (paths === undefined) {
      missing.push(
        target.then((found) => {
          knownPaths.set(target, found);
          return Promise.all(found.filter(isUsable).map((path) => index.load(path, urgency)));
        }),
      );
      return [];
    }
    return paths.filter(isUsable).flatMap((path) => {
      const symbols = index.peek(path);
      // What is known may be outdated: it is read again, and used as it is until then.
      const loading = index.load(path, urgency);
      if (symbols === undefined && !index.isRefused(path)) {
        missing.push(loading);
      }
      return symbols ?? [];
    });
  };
  return {
    filesOf: (file, statement) => {
      let files = asked.get(statement);
      if (files === undefined) {
        files = symbolsOf(resolver.resolve(file.path, file.family, statement));
        asked.set(statement, files);
      }
      return files;
    },
    filesBeside: (file) => symbolsOf(resolver.siblings(file.path, file.family)),
    loadMissing: async () => {
      if (missing.length === 0) {
        return false;
      }
      const waiting = missing;
      missing = [];
      asked = new Map();
      await Promise.all(waiting);
      return true;
    },
  };
}

/** What the resolver's promises turned out to be; the resolver gives the same promise until files come or go. */
const knownPaths = new WeakMap<Promise<readonly string[]>, readonly string[]>();
