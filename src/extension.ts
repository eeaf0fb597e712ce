/** The entry: builds everything in the order in which a keystroke flows. */
import { fileURLToPath } from 'node:url';
import * as vscode from 'vscode';
import { systemClock as clock } from './base/clock.ts';
import { DisposableStore } from './base/disposable.ts';
import { redactSecrets } from './base/redact.ts';
import { createCompletionEngine } from './completion/create-engine.ts';
import { finishText } from './completion/finish/finish-text.ts';
import { findStreamEnd } from './completion/finish/stream-end.ts';
import { createSyntax } from './completion/syntax/create-syntax.ts';
import { createKeys } from './config/keys.ts';
import { createProfiles } from './config/profiles.ts';
import { settingsTable } from './config/settings.ts';
import { createPredictor } from './predictor/create-predictor.ts';
import { createPrivacy } from './privacy/create-privacy.ts';
import { createRouter } from './router/create-router.ts';
import { providers } from './router/providers/index.ts';
import { createWorkspaceProvider } from './router/providers/workspace.ts';
import { createCompletionContext } from './vscode/completion-context.ts';
import { registerGhostTextCommands } from './vscode/ghost-text-commands.ts';
import { registerInlineCompletion } from './vscode/inline-completion.ts';
import { registerLearning } from './vscode/learning/register-learning.ts';
import { registerMenu } from './vscode/menu.ts';
import { registerNotices } from './vscode/notices.ts';
import { createOpenDocuments } from './vscode/open-documents.ts';
import { createOutputLog } from './vscode/output-log.ts';
import { registerProviderCommands } from './vscode/provider-commands.ts';
import { registerReadAhead } from './vscode/read-ahead.ts';
import { registerCommand } from './vscode/register-command.ts';
import { registerReports } from './vscode/reports.ts';
import { secretsOf } from './vscode/secret-storage.ts';
import { registerSettingProblems } from './vscode/setting-problems.ts';
import { createSettingsSource } from './vscode/settings-source.ts';
import { registerSnooze } from './vscode/snooze.ts';
import { registerStatusBar } from './vscode/status-bar.ts';
import { createStatusSource } from './vscode/status-source.ts';
import { registerToggles } from './vscode/toggles.ts';
import { createWorkspaceFiles } from './vscode/workspace-files.ts';

/** VS Code waits for `deactivate`, and for nothing else that ends. */
let stop: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const startedAt = clock.now();
  const store = new DisposableStore();
  const channel = store.add(vscode.window.createOutputChannel('Reaper', { log: true }));
  const logger = createOutputLog(channel, redactSecrets);
  const inDist = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

  const predictor = createPredictor({
    workerPath: inDist('./predictor-worker.js'),
    storageFolder: context.storageUri?.fsPath,
    mayKeep: (path) => learning.mayKeep(path),
    onLost: () => learning.learnAll(),
    clock,
    logger,
  });
  stop = () => {
    store.dispose();
    return predictor.dispose();
  };
  const embedded = createWorkspaceProvider(predictor);
  const definitions = [...providers, embedded];

  const source = store.add(createSettingsSource(settingsTable(definitions)));
  const { current: settings, onDidChange: onSettingsChanged } = source;
  const useEnvironment = (): boolean => settings().keys.useEnvironment;
  const keys = store.add(createKeys({ secrets: secretsOf(context.secrets), definitions, useEnvironment }));
  const profiles = store.add(createProfiles({ definitions, settings, onSettingsChanged, keys, logger }));

  const files = store.add(createWorkspaceFiles());
  const openDocuments = store.add(createOpenDocuments());
  const privacyOptions = { workspace: files, settings: () => settings().privacy, onSettingsChanged, clock };
  const privacy = store.add(createPrivacy(privacyOptions));
  const { egress } = privacy;
  const fetch: typeof globalThis.fetch = (...request) => globalThis.fetch(...request);
  const router = store.add(createRouter({ profiles, egress, fetch, clock, logger }));

  const contextOptions = { openDocuments, workspace: files, privacy, clock, logger };
  const completionContext = store.add(createCompletionContext(contextOptions));
  const syntaxOptions = { workerPath: inDist('./syntax-worker.js'), grammarFolder: inDist('.'), logger, clock };
  const syntax = store.add(createSyntax(syntaxOptions));
  const engine = store.add(
    createCompletionEngine({
      router,
      privacy,
      syntax,
      finish: finishText,
      findStreamEnd,
      gatherContext: completionContext.gather,
      relativePath: (path) => files.relativePath(path),
      settings: () => settings().completion,
      onSettingsChanged: (listener) => onSettingsChanged(() => listener(settings().completion)),
      clock,
      logger,
    }),
  );
  const inline = store.add(registerInlineCompletion(engine));
  const status = store.add(createStatusSource({ engine, router, profiles, predictor, settings }));
  const isOn = (): boolean => profiles.list().some(({ definition }) => definition === embedded);
  const learningOptions = { predictor, privacy, files, isOn, onSettingsChanged, clock, logger };
  const learning = store.add(registerLearning(learningOptions));
  store.add(registerReadAhead({ privacy, prefetch: completionContext.prefetch, logger }));

  store.add(registerCommand('reaper.showLog', logger, () => channel.show()));
  store.add(registerSettingProblems(source, () => privacy.problems(), logger));
  store.add(registerNotices(router, profiles));
  store.add(registerProviderCommands({ keys, profiles, router, egress, logger }));
  store.add(registerToggles({ settings, files, logger }));
  store.add(registerGhostTextCommands(inline, logger));
  store.add(registerSnooze(engine, logger));
  store.add(registerReports({ engine, status, egressLog: egress.log, clock, logger }));
  store.add(registerMenu(status, settings, logger));
  store.add(registerStatusBar(status, clock));
  logger.info(`Started in ${Math.round(clock.now() - startedAt)} ms`);
}

export function deactivate(): Promise<void> | undefined {
  return stop?.();
}
