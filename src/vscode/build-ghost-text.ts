/** Ghost text: the engine with what it reads of the workspace, and the editor that asks it. */
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { Event } from '../base/event.ts';
import type { Logger } from '../base/logger.ts';
import { createCompletionEngine } from '../completion/create-engine.ts';
import type { CompletionEngine } from '../completion/engine.ts';
import { finishText } from '../completion/finish/finish-text.ts';
import { findStreamEnd } from '../completion/finish/stream-end.ts';
import { createSyntax } from '../completion/syntax/create-syntax.ts';
import type { Settings } from '../config/read-settings.ts';
import type { WorkspaceFiles } from '../editor/ports.ts';
import type { WorkspacePrivacy } from '../privacy/privacy.ts';
import type { Router } from '../router/router.ts';
import { createCompletionContext } from './completion-context.ts';
import { type InlineCompletionRegistration, registerInlineCompletion } from './inline-completion.ts';
import { createOpenDocuments } from './open-documents.ts';
import { registerReadAhead } from './read-ahead.ts';

export interface GhostText extends Disposable {
  readonly engine: CompletionEngine;
  readonly inline: InlineCompletionRegistration;
}

export interface GhostTextOptions {
  readonly router: Router;
  readonly privacy: WorkspacePrivacy;
  readonly files: WorkspaceFiles;
  readonly settings: () => Settings;
  readonly onSettingsChanged: Event<void>;
  /** Of a file that the build puts next to the extension's own. */
  readonly inDist: (name: string) => string;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function buildGhostText(options: GhostTextOptions): GhostText {
  const { router, privacy, files, settings, onSettingsChanged, inDist, clock, logger } = options;
  const store = new DisposableStore();
  const openDocuments = store.add(createOpenDocuments());
  const contextOptions = { openDocuments, workspace: files, privacy, clock, logger };
  const context = store.add(createCompletionContext(contextOptions));
  const syntaxOptions = { workerPath: inDist('./syntax-worker.js'), grammarFolder: inDist('.'), logger, clock };
  const syntax = store.add(createSyntax(syntaxOptions));
  const engine = store.add(
    createCompletionEngine({
      router,
      privacy,
      syntax,
      finish: finishText,
      findStreamEnd,
      gatherContext: context.gather,
      relativePath: (path) => files.relativePath(path),
      settings: () => settings().completion,
      onSettingsChanged: (listener) => onSettingsChanged(() => listener(settings().completion)),
      clock,
      logger,
    }),
  );
  const inline = store.add(registerInlineCompletion(engine));
  store.add(registerReadAhead({ privacy, prefetch: context.prefetch, logger }));
  return { engine, inline, dispose: () => store.dispose() };
}
