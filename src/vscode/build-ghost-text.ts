/** Ghost text: the engine with what it reads of the workspace, and the editor that asks it. */
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { Event } from '../base/event.ts';
import type { Logger } from '../base/logger.ts';
import type { GatherContext } from '../completion/context-port.ts';
import type { CompletionEngine, CompletionSettings } from '../completion/engine.ts';
import { loadCompletionEngine } from '../completion/load-engine.ts';
import { type CompletionStatusTracker, createCompletionStatus } from '../completion/status.ts';
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
  const { router, privacy, files, settings, onSettingsChanged, clock, logger } = options;
  const store = new DisposableStore();
  const openDocuments = store.add(createOpenDocuments());
  const contextOptions = { openDocuments, workspace: files, privacy, clock, logger };
  const context = store.add(createCompletionContext(contextOptions));
  const onCompletionChanged: Event<CompletionSettings> = (listener) =>
    onSettingsChanged(() => listener(settings().completion));
  const ports = {
    router,
    settings: () => settings().completion,
    onSettingsChanged: onCompletionChanged,
    clock,
    logger,
  };
  const status = store.add(createCompletionStatus(ports));
  const enginePorts = { ...ports, status, gatherContext: context.gather };
  const load = (): Promise<CompletionEngine> => loadEngine(options, enginePorts, store);
  const engine = store.add(loadCompletionEngine({ status, load, logger }));
  const inline = store.add(registerInlineCompletion(engine));
  store.add(registerReadAhead({ privacy, prefetch: context.prefetch, logger }));
  return { engine, inline, dispose: () => store.dispose() };
}

interface EnginePorts {
  readonly router: Router;
  readonly settings: () => CompletionSettings;
  readonly onSettingsChanged: Event<CompletionSettings>;
  readonly status: CompletionStatusTracker;
  readonly gatherContext: GatherContext;
  readonly clock: Clock;
  readonly logger: Logger;
}

async function loadEngine(
  { privacy, files, inDist }: GhostTextOptions,
  ports: EnginePorts,
  store: DisposableStore,
): Promise<CompletionEngine> {
  const [{ createCompletionEngine }, { createSyntax }, { finishText }, { findStreamEnd }] = await Promise.all([
    import('../completion/create-engine.ts'),
    import('../completion/syntax/create-syntax.ts'),
    import('../completion/finish/finish-text.ts'),
    import('../completion/finish/stream-end.ts'),
  ]);
  const { clock, logger } = ports;
  const workerPath = inDist('./syntax-worker.js');
  const syntax = store.add(createSyntax({ workerPath, grammarFolder: inDist('.'), logger, clock }));
  const relativePath = (path: string): string => files.relativePath(path);
  return createCompletionEngine({ ...ports, privacy, syntax, finish: finishText, findStreamEnd, relativePath });
}
