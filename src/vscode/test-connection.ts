/** `Reaper: Test Connection`: asks one provider or all of them, says what works, and offers the fix. */
import * as vscode from 'vscode';
import { isCancellation } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Profiles } from '../config/profiles.ts';
import { providerSettingKey } from '../config/settings.ts';
import type { Egress } from '../router/egress.ts';
import type { ProviderProfile } from '../router/provider-definition.ts';
import type { Router } from '../router/router.ts';
import type { ProbeResult } from '../router/wire.ts';
import { abortSignalFrom } from './cancellation.ts';
import { type Fix, type ProbeText, probeText } from './probe-text.ts';
import { pickProvider } from './provider-picker.ts';
import type { CommandHandlers } from './register-command.ts';
import { openSetting } from './open-setting.ts';

export interface ConnectionTest {
  /** With a progress notification; `undefined` when the user gave up. */
  probe(profile: ProviderProfile): Thenable<ProbeResult | undefined>;
  /** Says what came of it, in the log too, and offers the fix. */
  report(profile: ProviderProfile, result: ProbeResult): void;
  /** What came of it, in words. */
  describe(profile: ProviderProfile, result: ProbeResult): ProbeText;
}

export interface ConnectionTestOptions {
  readonly router: Pick<Router, 'test'>;
  readonly egress: Pick<Egress, 'check'>;
  readonly logger: Logger;
}

export function createConnectionTest({ router, egress, logger }: ConnectionTestOptions): ConnectionTest {
  const describe = (profile: ProviderProfile, result: ProbeResult): ProbeText => {
    const text = probeText(profile, result);
    return !text.ok && isForbidden(egress, profile) ? { ...text, fix: 'open-privacy' } : text;
  };
  return {
    probe: (profile) => {
      const title = vscode.l10n.t('Reaper: testing {0}…', profile.definition.label);
      return withProgress(title, (signal) => router.test(profile, signal));
    },
    report: (profile, result) => {
      const text = describe(profile, result);
      log(logger, text);
      // Not awaited: the notification stays until the user closes it.
      void show(profile, text);
    },
    describe,
  };
}

export interface TestConnectionOptions {
  readonly test: ConnectionTest;
  readonly router: Pick<Router, 'test' | 'completionRoute'>;
  readonly profiles: Pick<Profiles, 'list' | 'all' | 'find' | 'isSetUp' | 'keySource'>;
  readonly logger: Logger;
}

/** The command's optional argument is the id of a provider. */
export function testConnectionCommands(options: TestConnectionOptions) {
  const { test, profiles } = options;
  return {
    'reaper.testConnection': async (argument) => {
      const named = typeof argument === 'string' ? profiles.find(argument) : undefined;
      const all = { label: `$(checklist) ${vscode.l10n.t('All that are in use')}` };
      const picked =
        named ?? (await pickProvider(profiles, profiles.all(), vscode.l10n.t('Test which provider?'), all));
      if (picked === 'extra') {
        await testAll(options);
      } else if (picked !== undefined) {
        const result = await test.probe(picked);
        if (result !== undefined) {
          test.report(picked, result);
        }
      }
    },
  } satisfies CommandHandlers;
}

async function testAll({ test, router, profiles, logger }: TestConnectionOptions): Promise<void> {
  const title = vscode.l10n.t('Reaper: testing all providers in use…');
  const tested = await withProgress(title, (signal) =>
    Promise.all(
      inUse(router, profiles).map(async (profile) => ({
        profile,
        text: test.describe(profile, await router.test(profile, signal)),
      })),
    ),
  );
  if (tested === undefined) {
    return;
  }
  for (const { text } of tested) {
    log(logger, text);
  }
  const items = tested.map(({ profile, text }) => ({
    label: `$(${text.ok ? 'pass' : 'error'}) ${text.headline}`,
    detail: text.details.join(' '),
    profile,
    text,
  }));
  const placeHolder = vscode.l10n.t('Choose one that fails to put it right');
  const chosen = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Connections'), placeHolder });
  if (chosen?.text.fix !== undefined) {
    await applyFix(chosen.profile, chosen.text.fix);
  }
}

/** Resolves with `undefined` when the user cancels. */
export function withProgress<T>(
  title: string,
  work: (signal: AbortSignal, report: (message: string) => void) => Promise<T>,
): Thenable<T | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    const abort = abortSignalFrom(token);
    try {
      return await work(abort.signal, (message) => progress.report({ message }));
    } catch (error) {
      if (isCancellation(error)) {
        return undefined;
      }
      throw error;
    } finally {
      abort.dispose();
    }
  });
}

/** Whether the user's own privacy settings keep the provider from being asked. */
function isForbidden(egress: Pick<Egress, 'check'>, { definition, baseUrl }: ProviderProfile): boolean {
  if (baseUrl === undefined) {
    return false;
  }
  try {
    egress.check({ url: baseUrl, purpose: 'probe', providerId: definition.id, bytesSent: 0 });
    return false;
  } catch {
    return true;
  }
}

/** Without the servers that are only looked for: that they do not run is no failure. */
function inUse(
  router: Pick<Router, 'completionRoute'>,
  profiles: Pick<Profiles, 'list' | 'isSetUp'>,
): readonly ProviderProfile[] {
  const answering = new Set(router.completionRoute().map(({ providerId }) => providerId));
  return profiles.list().filter(({ definition: { id } }) => answering.has(id) || profiles.isSetUp(id));
}

function log(logger: Logger, { ok, headline, details }: ProbeText): void {
  logger[ok ? 'info' : 'warn']([headline, ...details].join(' '));
}

async function show(profile: ProviderProfile, { ok, headline, details, fix }: ProbeText): Promise<void> {
  const showLog = vscode.l10n.t('Show Log');
  if (ok) {
    await vscode.window.showInformationMessage([headline, ...details].join(' '));
    return;
  }
  const fixTitle = fix === undefined ? undefined : FIX_TITLES[fix]();
  const buttons = fixTitle === undefined ? [showLog] : [fixTitle, showLog];
  const chosen = await vscode.window.showWarningMessage(headline, ...buttons);
  if (chosen === showLog) {
    await vscode.commands.executeCommand('reaper.showLog');
  } else if (chosen !== undefined && fix !== undefined) {
    await applyFix(profile, fix);
  }
}

const FIX_TITLES: Readonly<Record<Fix, () => string>> = {
  'set-key': () => vscode.l10n.t('Set API Key'),
  'set-address': () => vscode.l10n.t('Open Setting'),
  'select-model': () => vscode.l10n.t('Select Model'),
  'open-privacy': () => vscode.l10n.t('Open Setting'),
};

async function applyFix({ definition: { id } }: ProviderProfile, fix: Fix): Promise<void> {
  switch (fix) {
    case 'set-key':
      await vscode.commands.executeCommand('reaper.setApiKey', id);
      return;
    case 'set-address':
      await openSetting(providerSettingKey(id, 'baseUrl'));
      return;
    case 'select-model':
      await vscode.commands.executeCommand('reaper.selectModel', id);
      return;
    case 'open-privacy':
      await openSetting('reaper.privacy.localOnly');
      return;
  }
}
