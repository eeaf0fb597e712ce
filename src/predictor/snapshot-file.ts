/** Keeps a snapshot in a file that is whole at any moment: written beside, flushed, renamed. A bad one is set aside. */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { CorpusLimits } from './corpus-file.ts';
import type { Corpus } from './corpus.ts';
import { readSnapshot, writeSnapshot } from './snapshot.ts';

/** Only its owner reads what was derived from source. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
/** Left behind by a killed process; younger ones may belong to another window. */
const STALE_MS = 60 * 60 * 1000;

/** Throws what the file system throws; the file that was there is untouched then. */
export function* saveSnapshot(file: string, corpus: Corpus, write = writeSync): Generator<void, void> {
  mkdirSync(dirname(file), { recursive: true, mode: FOLDER_MODE });
  const partial = `${file}.${process.pid}-${Date.now().toString(36)}.tmp`;
  const handle = openSync(partial, 'wx', FILE_MODE);
  let isOpen = true;
  let isDone = false;
  try {
    yield* writeSnapshot(corpus, (chunk) => {
      for (let from = 0; from < chunk.length;) {
        from += write(handle, chunk, from);
      }
    });
    fsyncSync(handle);
    closeSync(handle);
    isOpen = false;
    renameSync(partial, file);
    isDone = true;
  } finally {
    if (isOpen) {
      closeSync(handle);
    }
    if (!isDone) {
      rmSync(partial, { force: true });
    }
  }
}

/** Fills the empty corpus. Answers whether there was a file; throws `SnapshotError` or what the file system throws. */
export function* loadSnapshot(file: string, corpus: Corpus, limits: CorpusLimits): Generator<void, boolean> {
  removeStale(file);
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return false;
    }
    throw error;
  }
  try {
    yield* readSnapshot(corpus, limits, (chunk) => readSync(handle, chunk));
    return true;
  } finally {
    closeSync(handle);
  }
}

/** Puts a bad file out of the way, in place of the bad one before it. */
export function setAside(file: string): void {
  renameSync(file, `${file}.bad`);
}

function removeStale(file: string): void {
  const folder = dirname(file);
  const prefix = `${basename(file)}.`;
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    if (name.startsWith(prefix) && name.endsWith('.tmp') && Date.now() - modifiedAt(path) > STALE_MS) {
      rmSync(path, { force: true });
    }
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
}
