/** The entry: builds everything in the order in which a keystroke flows. */
import { fileURLToPath } from 'node:url';
import * as vscode from 'vscode';
import { systemClock as clock } from './base/clock.ts';
import { DisposableStore } from './base/disposable.ts';
import { Emitter } from './base/event.ts';
import { redactSecrets } from './base/redact.ts';
import { createCompletionEngine } from './completion/create-engine.ts';
import { finishText } from './completion/finish/finish-text.ts';
import { findStreamEnd } from './completion/finish/stream-end.ts';
import { createSyntax } from './completion/syntax/create-syntax.ts';
import { createKeys } from './config/keys.ts';
import { createProfiles } from './config/profiles.ts';
import { settingsTable } from './config/settings.ts';
import type { Predictor, PredictorState } from './predictor/predictor.ts';
import { createPrivacy } from './privacy/create-privacy.ts';
import { createRouter } from './router/create-router.ts';
import { providers } from './router/providers/index.ts';
import { createWorkspaceProvider } from './router/providers/workspace.ts';
import { registerGhostTextCommands } from './vscode/ghost-text-commands.ts';
import { registerInlineCompletion } from './vscode/inline-completion.ts';
import { registerKeyCommands } from './vscode/key-commands.ts';
import { registerLearning } from './vscode/learning/register-learning.ts';
import { registerMenu } from './vscode/menu.ts';
import { registerNotices } from './vscode/notices.ts';
import { createOpenDocuments } from './vscode/open-documents.ts';
import { createOutputLog } from './vscode/output-log.ts';
import { registerCommand } from './vscode/register-command.ts';
import { registerReports } from './vscode/reports.ts';
import { secretsOf } from './vscode/secret-storage.ts';
import { registerSelectProvider } from './vscode/select-provider.ts';
import { registerSettingProblems } from './vscode/setting-problems.ts';
import { createSettingsSource } from './vscode/settings-source.ts';
import { registerSnooze } from './vscode/snooze.ts';
import { registerStatusBar } from './vscode/status-bar.ts';
import { createStatusSource } from './vscode/status-source.ts';
import { createConnectionTest, registerTestConnection } from './vscode/test-connection.ts';
import { registerToggles } from './vscode/toggles.ts';
import { createWorkspaceFiles } from './vscode/workspace-files.ts';

const state: PredictorState = { state: 'ready', files: 0, tokens: 0, memoryBytes: 0, problem: undefined };
const predictor: Predictor = {
  predict: async () => undefined,
  learn: async () => undefined,
  forget: () => undefined,
  update: () => undefined,
  state,
  onStateChanged: new Emitter<PredictorState>().event,
  dispose: async () => undefined,
};

export function activate(context: vscode.ExtensionContext): void {
  const startedAt = clock.now();
  const store = new DisposableStore();
  context.subscriptions.push(store);

  const channel = store.add(vscode.window.createOutputChannel('Reaper', { log: true }));
  const logger = createOutputLog(channel, redactSecrets);
  const definitions = [...providers, createWorkspaceProvider(predictor)];
  const source = store.add(createSettingsSource(settingsTable(definitions)));
  const settings = source.current;
  const onSettingsChanged = source.onDidChange;
  const files = store.add(createWorkspaceFiles());
  const documents = store.add(createOpenDocuments());

  const secrets = secretsOf(context.secrets);
  const keys = store.add(createKeys({ secrets, definitions, useEnvironment: () => settings().keys.useEnvironment }));
  const profiles = store.add(createProfiles({ definitions, settings, onSettingsChanged, keys, logger }));
  const privacy = store.add(
    createPrivacy({ workspace: files, settings: () => settings().privacy, onSettingsChanged, clock }),
  );
  const { egress } = privacy;
  const fetch: typeof globalThis.fetch = (...request) => globalThis.fetch(...request);
  const router = store.add(createRouter({ profiles, egress, fetch, clock, logger }));

  const syntax = store.add(
    createSyntax({
      workerPath: fileURLToPath(new URL('./syntax-worker.js', import.meta.url)),
      grammarFolder: fileURLToPath(new URL('.', import.meta.url)),
      logger,
      clock,
    }),
  );
  const engine = store.add(
    createCompletionEngine({
      router,
      privacy,
      syntax,
      clock,
      logger,
      finish: finishText,
      findStreamEnd,
      gatherContext: async () => [],
      relativePath: (path) => files.relativePath(path),
      settings: () => settings().completion,
      onSettingsChanged: (listener) => onSettingsChanged(() => listener(settings().completion)),
    }),
  );
  void documents;
  const inline = store.add(registerInlineCompletion(engine));
  const status = store.add(createStatusSource({ engine, router, profiles, predictor, settings }));

  const test = createConnectionTest({ router, egress, logger });
  store.add(registerCommand('reaper.showLog', logger, () => channel.show()));
  store.add(registerSettingProblems(source, () => privacy.problems(), logger));
  store.add(registerNotices(router, profiles));
  store.add(registerKeyCommands({ keys, profiles, test, logger }));
  store.add(registerTestConnection({ test, router, profiles, logger }));
  store.add(registerSelectProvider({ keys, profiles, test, logger }));
  store.add(registerToggles({ settings, files, logger }));
  store.add(registerGhostTextCommands(inline, logger));
  store.add(registerSnooze(engine, logger));
  store.add(registerReports({ engine, status, egressLog: egress.log, clock, logger }));
  store.add(registerMenu(status, settings, logger));
  store.add(registerStatusBar(status, clock));
  store.add(registerLearning({ predictor, privacy, files, isOn: () => true, onSettingsChanged, clock, logger }));
  logger.info(`Started in ${Math.round(clock.now() - startedAt)} ms`);
}
