/** Teaches the workspace model: all files once in the background, then what changes. */
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { errorMessage } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { LearnableFile, Predictor } from '../../predictor/predictor.ts';
import type { FileVerdict } from '../../privacy/privacy.ts';
import { createSlices } from './slices.ts';
import { isInForeignFolder, isLearnablePath } from './worth-learning.ts';

export interface LearningPorts {
  readonly predictor: Pick<Predictor, 'learn' | 'forget' | 'update'>;
  /** Absolute paths, most important first. */
  readonly listFiles: (isWanted: (path: string) => Promise<boolean>, signal: AbortSignal) => AsyncIterable<string>;
  /** `undefined` for a file that is gone, too large or no text. */
  readonly readFile: (path: string) => Promise<string | undefined>;
  readonly languageOf: (path: string) => string | undefined;
  /** What is known now. */
  readonly mayRead: (path: string) => FileVerdict;
  /** After reading the ignore files that count for the path. */
  readonly mayReadSoon: (path: string) => Promise<FileVerdict>;
  readonly relativePath: (path: string) => string;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Learning extends Disposable {
  /** Learns all files anew; a run that is under way is given up first. Resolves when everything is learned. */
  learnAll(): Promise<void>;
  /** What may be read has changed: after a pause, forgets what may not and learns what may now. */
  verdictsChanged(): void;
  fileChanged(path: string): void;
  fileDeleted(path: string): void;
  /** The text of an open document; read only when the user has paused. */
  documentChanged(document: {
    readonly path: string;
    readonly languageId: string;
    readonly getText: () => string;
  }): void;
}

/** A message to the worker with so much text is copied in well under a millisecond. */
const BATCH_CHARACTERS = 128 * 1024;
/** A pause of this length ends a thought; what stands there then is worth learning. */
const TYPING_PAUSE_MS = 800;
/** Tools write many files at once, and some write one file several times. */
const FILE_PAUSE_MS = 1000;
/** Rules change while somebody edits an ignore file, and each change means another walk. */
const VERDICTS_PAUSE_MS = 3000;

export function createLearning(ports: LearningPorts): Learning {
  const { predictor, clock, logger } = ports;
  const lifetime = new AbortController();
  let run = new AbortController();
  let changedFiles = new Set<string>();
  let filesTimer: Disposable | undefined;
  let verdictsTimer: Disposable | undefined;
  /** Learned in this window, by absolute path. */
  const known = new Set<string>();
  const documentTimers = new Map<string, Disposable>();

  const isWanted = async (path: string): Promise<boolean> =>
    isLearnablePath(path, ports.languageOf(path)) && (await ports.mayReadSoon(path)).allowed;

  const read = async (path: string): Promise<LearnableFile | undefined> => {
    const language = ports.languageOf(path);
    const text = await ports.readFile(path);
    return language === undefined || text === undefined
      ? undefined
      : { path: ports.relativePath(path), language, text };
  };

  /** Batches wait for the worker, so that no more than one of them is in memory. */
  const learn = async (paths: AsyncIterable<string> | Iterable<string>, signal: AbortSignal): Promise<number> => {
    const slices = createSlices(() => clock.now());
    let batch: LearnableFile[] = [];
    let characters = 0;
    let learned = 0;
    const flush = async (): Promise<void> => {
      const files = batch;
      batch = [];
      characters = 0;
      if (files.length > 0 && !signal.aborted) {
        await predictor.learn(files);
        learned += files.length;
      }
    };
    for await (const path of paths) {
      await slices.pause();
      const file = await read(path);
      if (signal.aborted) {
        break;
      }
      if (file !== undefined) {
        known.add(path);
        batch.push(file);
        characters += file.text.length;
      }
      if (characters >= BATCH_CHARACTERS) {
        await flush();
      }
    }
    await flush();
    return learned;
  };

  const forget = (path: string): void => {
    known.delete(path);
    predictor.forget(ports.relativePath(path));
  };

  /** A run over all files; those that were known and are gone or forbidden now are forgotten at its end. */
  const walk = async (what: string, isNews: (path: string) => boolean): Promise<void> => {
    run.abort();
    run = new AbortController();
    const { signal } = run;
    const found = new Set<string>();
    const news = async function* (): AsyncGenerator<string, void, undefined> {
      for await (const path of ports.listFiles(isWanted, signal)) {
        found.add(path);
        if (isNews(path)) {
          yield path;
        }
      }
    };
    await attempt(what, async () => {
      const learned = await learn(news(), signal);
      for (const path of [...known].filter((candidate) => !found.has(candidate))) {
        // A walk has bounds; what lies beyond them may have been learned when it changed.
        if (!signal.aborted && (!(await isWanted(path)) || (await ports.readFile(path)) === undefined)) {
          forget(path);
        }
      }
      return learned;
    });
  };

  const learnChangedFiles = async (): Promise<void> => {
    const paths = changedFiles;
    changedFiles = new Set();
    const wanted = async function* (): AsyncGenerator<string, void, undefined> {
      for (const path of paths) {
        if (!isInForeignFolder(ports.relativePath(path)) && (await isWanted(path))) {
          yield path;
        }
      }
    };
    await attempt('Learning changed files', () => learn(wanted(), lifetime.signal));
  };

  const attempt = async (what: string, work: () => Promise<number>): Promise<void> => {
    const startedAt = clock.now();
    try {
      const count = await work();
      logger.debug(`${what}: ${count} files in ${Math.round(clock.now() - startedAt)} ms`);
    } catch (error) {
      if (!lifetime.signal.aborted) {
        logger.warn(`${what} failed: ${errorMessage(error)}`);
      }
    }
  };

  return {
    learnAll: () => walk('Learning the workspace', () => true),
    verdictsChanged: () => {
      verdictsTimer?.dispose();
      verdictsTimer = clock.setTimeout(() => {
        void walk('Looking again at what may be read', (path) => !known.has(path));
      }, VERDICTS_PAUSE_MS);
    },
    fileChanged: (path) => {
      changedFiles.add(path);
      filesTimer?.dispose();
      filesTimer = clock.setTimeout(() => void learnChangedFiles(), FILE_PAUSE_MS);
    },
    fileDeleted: (path) => {
      changedFiles.delete(path);
      forget(path);
      // Of a folder that is deleted, only the folder may be told.
      for (const inside of [...known].filter((candidate) => isInside(path, candidate))) {
        forget(inside);
      }
    },
    documentChanged: ({ path, languageId, getText }) => {
      documentTimers.get(path)?.dispose();
      const timer = clock.setTimeout(() => {
        documentTimers.delete(path);
        if (isLearnablePath(path, languageId) && ports.mayRead(path).allowed) {
          predictor.update({ path: ports.relativePath(path), language: languageId, text: getText() });
        }
      }, TYPING_PAUSE_MS);
      documentTimers.set(path, timer);
    },
    dispose: () => {
      lifetime.abort();
      run.abort();
      filesTimer?.dispose();
      verdictsTimer?.dispose();
      for (const timer of documentTimers.values()) {
        timer.dispose();
      }
      documentTimers.clear();
    },
  };
}

function isInside(folder: string, path: string): boolean {
  return path.startsWith(folder) && (path[folder.length] === '/' || path[folder.length] === '\\');
}
