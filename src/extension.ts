/** The entry: builds everything in the order in which a keystroke flows. */
import { fileURLToPath } from 'node:url';
import * as vscode from 'vscode';
import { systemClock as clock } from './base/clock.ts';
import { DisposableStore } from './base/disposable.ts';
import { redactSecrets } from './base/redact.ts';
import { routingSettingsOf } from './config/routing.ts';
import { createPredictor } from './predictor/create-predictor.ts';
import { createPrivacy } from './privacy/create-privacy.ts';
import { createRouter } from './router/create-router.ts';
import type { Egress } from './router/egress.ts';
import { loadPricesAhead } from './router/load-prices-ahead.ts';
import { createPriceCatalogue } from './router/price-catalogue.ts';
import type { RoutingSettings } from './router/routing-settings.ts';
import { createCopilotProvider } from './router/providers/copilot.ts';
import { providers } from './router/providers/index.ts';
import { createWorkspaceProvider } from './router/providers/workspace.ts';
import { buildConfiguration } from './vscode/build-configuration.ts';
import { buildGhostText } from './vscode/build-ghost-text.ts';
import { createCopilotModels } from './vscode/copilot-models.ts';
import { registerGhostTextCommands } from './vscode/ghost-text-commands.ts';
import { registerLearning } from './vscode/learning/register-learning.ts';
import { registerMenu } from './vscode/menu.ts';
import { registerNotices } from './vscode/notices.ts';
import { createOutputLog } from './vscode/output-log.ts';
import { registerProviderCommands } from './vscode/provider-commands.ts';
import { startToml } from './vscode/reaper-toml.ts';
import { registerCommand } from './vscode/register-command.ts';
import { registerTomlDiagnostics } from './vscode/register-toml-diagnostics.ts';
import { registerReports } from './vscode/reports.ts';
import { registerSettingProblems } from './vscode/setting-problems.ts';
import { registerSnooze } from './vscode/snooze.ts';
import { registerStatusBar } from './vscode/status-bar.ts';
import { createStatusSource } from './vscode/status-source.ts';
import { registerToggles } from './vscode/toggles.ts';
import { buildMoney } from './vscode/usage/build-money.ts';
import { createMoneyStatus } from './vscode/usage/money-status.ts';
import { createUsage } from './vscode/usage/register-usage.ts';
import { createWorkspaceFiles } from './vscode/workspace-files.ts';

/** VS Code waits for `deactivate`, and for nothing else that ends. */
let stop: (() => Promise<void>) | undefined;

/** Runs to its end at once, but where a `reaper.toml` is there: nothing may be sent before it is read. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const startedAt = clock.now();
  const toml = startToml();
  if (toml.loading !== undefined) await toml.loading;
  const store = new DisposableStore();
  const channel = store.add(vscode.window.createOutputChannel('Reaper', { log: true }));
  const logger = createOutputLog(channel, redactSecrets);
  const inDist = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

  // The embedded model, and with it the list of all providers.
  const predictor = createPredictor({
    workerPath: inDist('./predictor-worker.js'),
    storageFolder: context.storageUri?.fsPath,
    mayKeep: (path) => learning.mayKeep(path),
    onLost: () => learning.learnAll(),
    clock,
    logger,
  });
  stop = async () => {
    store.dispose();
    await Promise.all([predictor.dispose(), money.dispose()]);
  };
  const embedded = createWorkspaceProvider(predictor);
  const copilotModels = store.add(createCopilotModels(context.languageModelAccessInformation, clock));
  const definitions = [...providers, createCopilotProvider(copilotModels), embedded];

  // What the user wants, and what may leave this machine.
  const fetch: typeof globalThis.fetch = (...request) => globalThis.fetch(...request);
  const egressOf = (): Egress => privacy.egress;
  const configurationOptions = { context, definitions, tomlCode: toml.code, egress: egressOf, fetch, clock, logger };
  const configuration = store.add(buildConfiguration(configurationOptions));
  const { settings, onSettingsChanged, profiles } = configuration;
  const files = store.add(createWorkspaceFiles());
  const privacyOptions = { workspace: files, settings: () => settings().privacy, onSettingsChanged, clock };
  const privacy = store.add(createPrivacy(privacyOptions));
  const { egress } = privacy;

  // The one door to every model.
  const prices = createPriceCatalogue({ clock, logger, overrides: () => settings().prices.overrides });
  const workerPath = inDist('./ledger-worker.js');
  const money = buildMoney({ context, definitions, workerPath, settings, egress, fetch, clock, logger });
  const { budget } = money;
  const routing = (): RoutingSettings => routingSettingsOf(settings());
  const router = store.add(createRouter({ profiles, egress, fetch, prices, budget, routing, clock, logger }));

  store.add(loadPricesAhead({ profiles, prices, clock }));
  // Until the router ends, so that what ends with it is counted too.
  router.onRequestFinished((record) => money.add(record));

  // What the user sees.
  const ghostTextOptions = { router, privacy, files, settings, onSettingsChanged, inDist, clock, logger };
  const { engine, inline } = store.add(buildGhostText(ghostTextOptions));
  const isOn = (): boolean => profiles.list().some(({ definition }) => definition === embedded);
  const learning = store.add(registerLearning({ predictor, privacy, files, isOn, onSettingsChanged, clock, logger }));
  const spent = store.add(createMoneyStatus({ money, onRequestFinished: router.onRequestFinished, onSettingsChanged }));
  const status = store.add(createStatusSource({ engine, router, profiles, predictor, settings, money: spent }));
  const usage = store.add(createUsage({ money, profiles, logger }));

  store.add(registerCommand('reaper.showLog', logger, () => channel.show()));
  store.add(registerSettingProblems(configuration.source, () => privacy.problems(), logger));
  store.add(registerTomlDiagnostics(configuration.tomlFiles, logger));
  store.add(registerNotices(router, profiles));
  store.add(registerProviderCommands({ context, configuration, privacy, router, money, prices, clock, logger }));
  store.add(registerToggles({ settings, files, logger }));
  store.add(registerGhostTextCommands(inline, logger));
  store.add(registerSnooze(engine, logger));
  store.add(registerReports({ engine, status, egressLog: egress.log, usage, clock, logger }));
  store.add(registerMenu({ status, settings, accounts: configuration.signIn.accounts, logger }));
  store.add(registerStatusBar(status, clock));
  logger.info(`Started in ${Math.round(clock.now() - startedAt)} ms`);
}

export function deactivate(): Promise<void> | undefined {
  return stop?.();
}
