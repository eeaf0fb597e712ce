/** Teaches the workspace model what VS Code has open and what lies in its folders. */
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { Event } from '../../base/event.ts';
import type { Logger } from '../../base/logger.ts';
import { diskFiles } from '../../codebase/disk-files.ts';
import type { WorkspaceFiles } from '../../editor/ports.ts';
import type { Predictor } from '../../predictor/predictor.ts';
import type { WorkspacePrivacy } from '../../privacy/privacy.ts';
import { registerCommand } from '../register-command.ts';
import { type ContributedLanguage, type LanguageOfPath, languageOfPath } from './language-of-path.ts';
import { createLearning } from './learning.ts';
import { walkFiles } from './walk-files.ts';
import { MAX_FILE_BYTES } from './worth-learning.ts';

export interface RegisterLearningOptions {
  readonly predictor: Predictor;
  readonly privacy: WorkspacePrivacy;
  readonly files: WorkspaceFiles;
  /** Whether the user wants the workspace model at all. */
  readonly isOn: () => boolean;
  readonly onSettingsChanged: Event<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface LearningRegistration extends Disposable {
  /** Whether a file that was learned in an earlier session is still there and may still be read. */
  mayKeep(relativePath: string): Promise<boolean>;
  /** Learns everything anew, in the background. */
  learnAll(): void;
}

/** What the model holds within its memory (issue: 5,000 files in 64 MB). */
const MAX_FILES = 5000;
/** Above it, joining the lines of a document would take more of a keystroke's time than it is worth. */
const MAX_DOCUMENT_LINES = 10_000;
/** The editor has much to do when it starts; the first suggestions come from what is typed. */
const START_AFTER_MS = 1000;

export function registerLearning(options: RegisterLearningOptions): LearningRegistration {
  const { predictor, privacy, files, clock, isOn } = options;
  const logger = options.logger.child('learning');
  const store = new DisposableStore();
  // Reading the manifests of all extensions takes some milliseconds, so it waits until a file is looked at.
  let languageOf: LanguageOfPath | undefined;
  const uriOf = (path: string): string => vscode.Uri.file(path).toString();
  const learning = store.add(
    createLearning({
      predictor,
      listFiles: (isWanted, signal) =>
        walkFiles(
          {
            folders: files.folders,
            mayEnter: async (folder) => (await privacy.readAhead(uriOf(folder))).allowed,
            isWanted,
            maxFiles: MAX_FILES,
          },
          signal,
        ),
      readFile: (path) => diskFiles.readText(path, MAX_FILE_BYTES),
      languageOf: (path) => (languageOf ??= languageOfPath(contributedLanguages()))(path),
      mayRead: (path) => privacy.mayRead(uriOf(path)),
      mayReadSoon: (path) => privacy.readAhead(uriOf(path)),
      relativePath: (path) => files.relativePath(path),
      clock,
      logger,
    }),
  );

  const ifOn = (work: () => void): void => {
    if (isOn()) {
      work();
    }
  };
  const learnAll = (): void => ifOn(() => void learning.learnAll());
  const tellOf = (document: vscode.TextDocument): void => {
    if (document.uri.scheme === 'file' && document.lineCount <= MAX_DOCUMENT_LINES) {
      const { languageId } = document;
      ifOn(() =>
        learning.documentChanged({ path: document.uri.fsPath, languageId, getText: () => document.getText() }),
      );
    }
  };

  let wasOn = isOn();
  store.add(clock.setTimeout(learnAll, START_AFTER_MS));
  store.add(files.onFoldersChanged(learnAll));
  store.add(privacy.onVerdictsChanged(() => ifOn(() => learning.verdictsChanged())));
  store.add(
    options.onSettingsChanged(() => {
      if (isOn() && !wasOn) {
        learnAll();
      }
      wasOn = isOn();
    }),
  );
  store.add(
    files.onFileChanged(({ path, type }) =>
      ifOn(() => (type === 'deleted' ? learning.fileDeleted(path) : learning.fileChanged(path))),
    ),
  );
  store.add(vscode.workspace.onDidChangeTextDocument(({ document }) => tellOf(document)));
  store.add(vscode.workspace.onDidSaveTextDocument(tellOf));
  store.add(
    registerCommand('reaper.workspaceModel.rebuild', logger, async () => {
      const title = vscode.l10n.t('Reaper: learning the workspace…');
      if (!isOn()) {
        throw new Error(vscode.l10n.t('The workspace model is off.'));
      }
      await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () => learning.learnAll());
    }),
  );
  return {
    mayKeep: async (relativePath) => {
      for (const folder of files.folders) {
        const path = join(folder, relativePath);
        if ((await diskFiles.facts(path)) !== undefined && (await privacy.readAhead(uriOf(path))).allowed) {
          return true;
        }
      }
      return false;
    },
    learnAll,
    dispose: () => store.dispose(),
  };
}

function contributedLanguages(): readonly ContributedLanguage[] {
  return vscode.extensions.all.flatMap((extension) => {
    const manifest = extension.packageJSON as { readonly contributes?: { readonly languages?: unknown } };
    const languages = manifest.contributes?.languages;
    return Array.isArray(languages) ? languages.filter(isLanguage) : [];
  });
}

/** Other people's manifests may hold anything. */
function isLanguage(value: unknown): value is ContributedLanguage {
  const { id, extensions = [], filenames = [] } = (value ?? {}) as Record<string, unknown>;
  return typeof id === 'string' && isTextList(extensions) && isTextList(filenames);
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
