/** Declarations and imports of the files that are asked for: read in the background, kept until the file changes. */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { DocumentView } from '../editor/document.ts';
import type { FileStore, OpenDocuments, WorkspaceFiles } from '../editor/ports.ts';
import type { WorkspacePrivacy } from '../privacy/privacy.ts';
import type { Background, SlicedWork } from './background.ts';
import type { Declaration } from './declaration.ts';
import { declarationsOf } from './declarations.ts';
import { type ImportStatement, parseImports } from './imports.ts';
import { familyOfPath, type LanguageFamily } from './languages.ts';
import { fileUri, slashed } from './source-paths.ts';

export interface FileSymbols {
  /** Absolute, `/` separated. */
  readonly path: string;
  readonly uri: string;
  readonly family: LanguageFamily;
  readonly declarations: readonly Declaration[];
  readonly imports: readonly ImportStatement[];
  /** The file's text is the same as long as this is. */
  readonly stamp: string;
}

export interface SymbolIndex extends Disposable {
  /** What is known now; it may be outdated. Ask `privacy` before using it. */
  peek(path: string): FileSymbols | undefined;
  /** Whether it was asked for a moment ago, in vain. */
  isRefused(path: string): boolean;
  /** Reads the file if it is new or has changed. `undefined`: no source file, or one that may not be read. */
  load(path: string, urgency: 'soon' | 'idle'): Promise<FileSymbols | undefined>;
}

export interface SymbolIndexOptions {
  readonly files: FileStore;
  readonly workspace: Pick<WorkspaceFiles, 'onFileChanged'>;
  readonly openDocuments: OpenDocuments;
  readonly privacy: Pick<WorkspacePrivacy, 'mayRead' | 'readAhead' | 'onVerdictsChanged'>;
  readonly background: Background;
  readonly clock: Clock;
}

/** Larger sources are generated; one step over 300 KB of text takes 1.2 ms. */
const MAX_SOURCE_BYTES = 300_000;
/** Characters of signatures that are kept: some 16 MB, thousands of files. */
const MAX_CHARACTERS = 8_000_000;
const MAX_REFUSED = 2_000;
/** Changes that no event tells of count after this. */
const RECHECK_AFTER_MS = 10_000;

interface Entry {
  readonly symbols: FileSymbols;
  checkedAt: number;
}

export function createSymbolIndex(options: SymbolIndexOptions): SymbolIndex {
  const { files, workspace, openDocuments, privacy, background, clock } = options;
  const store = new DisposableStore();
  const entries = new LRUCache<string, Entry>({
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ symbols }) => sizeOf(symbols),
  });
  const loading = new Map<string, Promise<FileSymbols | undefined>>();
  /** Paths that were asked for in vain, and when. */
  const refused = new LRUCache<string, number>({ max: MAX_REFUSED });
  let disposed = false;

  const drop = (path: string): void => {
    refused.delete(path);
    const entry = entries.peek(path);
    if (entry !== undefined) {
      entry.checkedAt = Number.NEGATIVE_INFINITY;
    }
  };
  store.add(
    workspace.onFileChanged(({ path, type }) => {
      drop(slashed(path));
      if (type === 'deleted') {
        entries.delete(slashed(path));
      }
    }),
  );
  // What may no longer be read is not kept either.
  store.add(
    privacy.onVerdictsChanged(() => {
      refused.clear();
      for (const [path, { symbols }] of entries.entries()) {
        drop(path);
        const verdict = privacy.mayRead(symbols.uri);
        if (!verdict.allowed) {
          entries.delete(path);
        }
      }
    }),
  );

  const read = async (path: string, urgency: 'soon' | 'idle'): Promise<FileSymbols | undefined> => {
    const uri = fileUri(path);
    const family = familyOfPath(path);
    if (family === undefined || !(await privacy.readAhead(uri)).allowed) {
      entries.delete(path);
      return undefined;
    }
    const checkedAt = clock.now();
    const document = openDocuments.list().find((open) => open.uri === uri || slashed(open.path) === path);
    const facts = document === undefined ? await files.facts(path) : undefined;
    const stamp = document === undefined ? `disk ${facts?.modifiedAt} ${facts?.bytes}` : `open ${document.version}`;
    const known = entries.get(path);
    if (known?.symbols.stamp === stamp) {
      known.checkedAt = checkedAt;
      return known.symbols;
    }
    const text = document ?? (facts?.type === 'file' ? await files.readText(path, MAX_SOURCE_BYTES) : undefined);
    if (text === undefined) {
      entries.delete(path);
      return undefined;
    }
    const symbols = await background.run(scan(path, uri, family, text, stamp), urgency);
    if (!disposed && privacy.mayRead(uri).allowed) {
      entries.set(path, { symbols, checkedAt });
      return symbols;
    }
    return undefined;
  };

  const isRefused = (path: string): boolean =>
    clock.now() - (refused.get(path) ?? Number.NEGATIVE_INFINITY) < RECHECK_AFTER_MS;

  return {
    peek: (path) => entries.peek(path)?.symbols,
    isRefused,
    load: (path, urgency) => {
      const running = loading.get(path);
      if (running !== undefined) {
        return running;
      }
      const known = entries.get(path);
      if (known !== undefined && isFresh(known, clock.now())) {
        return Promise.resolve(known.symbols);
      }
      if (isRefused(path)) {
        return Promise.resolve(undefined);
      }
      const begun = read(path, urgency)
        // Only disposal ends work early; nobody waits for it then.
        .catch((): undefined => undefined)
        .then((symbols) => {
          loading.delete(path);
          if (symbols === undefined && !disposed) {
            refused.set(path, clock.now());
          }
          return symbols;
        });
      loading.set(path, begun);
      return begun;
    },
    dispose: () => {
      disposed = true;
      store.dispose();
      entries.clear();
    },
  };
}

/** Open documents change without events here, so they are looked at each time. */
function isFresh({ symbols, checkedAt }: Entry, now: number): boolean {
  return !symbols.stamp.startsWith('open') && now - checkedAt < RECHECK_AFTER_MS;
}

function* scan(
  path: string,
  uri: string,
  family: LanguageFamily,
  source: DocumentView | string,
  stamp: string,
): SlicedWork<FileSymbols> {
  const text = typeof source === 'string' ? source : yield* joined(source);
  yield;
  const imports = parseImports(family, text);
  yield;
  const declarations = yield* declarationsOf(family, text);
  return { path, uri, family, declarations, imports, stamp };
}

const LINES_PER_STEP = 500;

function* joined(document: DocumentView): SlicedWork<string> {
  const lines: string[] = [];
  let size = 0;
  for (let line = 0; line < document.lineCount && size < MAX_SOURCE_BYTES; line++) {
    const text = document.lineAt(line);
    lines.push(text);
    size += text.length + 1;
    if (line % LINES_PER_STEP === LINES_PER_STEP - 1) {
      yield;
    }
  }
  return lines.join('\n');
}

function sizeOf({ declarations, imports }: FileSymbols): number {
  let size = 200 + imports.length * 60;
  for (const { header, members } of declarations) {
    size += header.length + 80;
    for (const { text } of members) {
      size += text.length + 40;
    }
  }
  return size;
}
