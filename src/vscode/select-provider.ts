/** `Reaper: Select Provider and Model`: asks for what is missing (address, key), lists the models, and writes the settings. */
import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import type { Logger } from '../base/logger.ts';
import type { Keys } from '../config/keys.ts';
import type { Profiles } from '../config/profiles.ts';
import { urlSetting } from '../config/setting.ts';
import { providerSettingKey } from '../config/settings.ts';
import type { ProviderProfile } from '../router/provider-definition.ts';
import type { ProbeResult } from '../router/wire.ts';
import { askForKey } from './key-commands.ts';
import { pickProvider } from './provider-picker.ts';
import { registerCommand } from './register-command.ts';
import type { ConnectionTest } from './test-connection.ts';
import { writeSetting } from './write-setting.ts';

export interface SelectProviderOptions {
  readonly keys: Pick<Keys, 'store' | 'list'>;
  readonly profiles: Pick<Profiles, 'list' | 'all' | 'find' | 'isSetUp' | 'keySource'>;
  readonly test: ConnectionTest;
  readonly logger: Logger;
}

const ORDER_SETTING = 'reaper.completion.providers';

/** The command's optional argument is the id of a provider. */
export function registerSelectProvider(options: SelectProviderOptions): Disposable {
  const { profiles, logger } = options;
  return registerCommand('reaper.selectProvider', logger, async (argument) => {
    const named = typeof argument === 'string' ? profiles.find(argument) : undefined;
    const automatic = {
      label: `$(wand) ${vscode.l10n.t('Automatic')}`,
      description: vscode.l10n.t('what you set up first, then local servers, then the workspace model'),
    };
    const placeHolder = vscode.l10n.t('Who completes your code?');
    const picked = named ?? (await pickProvider(profiles, profiles.all(), placeHolder, automatic));
    if (picked === 'extra') {
      await writeSetting(ORDER_SETTING, () => undefined);
    } else if (picked !== undefined) {
      await useProvider(options, picked);
    }
  });
}

async function useProvider(options: SelectProviderOptions, chosen: ProviderProfile): Promise<void> {
  const { id, location } = chosen.definition;
  const complete = await withAddressAndKey(options, chosen);
  if (complete === undefined) {
    return;
  }
  if (!complete.enabled) {
    await writeSetting(providerSettingKey(id, 'enabled'), () => undefined);
  }
  if (location !== 'embedded') {
    const result = await options.test.probe(complete);
    if (result === undefined) {
      return;
    }
    if (!result.reachable || result.keyAccepted === false) {
      options.test.report(complete, result);
    } else {
      await chooseModel(complete, result);
    }
  }
  // Written even if it does not answer now: a server that is started later is what the user asked for.
  await writeSetting(ORDER_SETTING, () => [id]);
}

/** Asks for what cannot be done without; `undefined` when the user gave up. */
async function withAddressAndKey(
  { keys, profiles }: SelectProviderOptions,
  profile: ProviderProfile,
): Promise<ProviderProfile | undefined> {
  const { id, auth } = profile.definition;
  let { baseUrl } = profile;
  if (baseUrl === undefined && profile.definition.location !== 'embedded') {
    baseUrl = await askForAddress(profile);
    if (baseUrl === undefined) {
      return undefined;
    }
    await writeSetting(providerSettingKey(id, 'baseUrl'), () => baseUrl);
  }
  if (auth === 'api-key' && profiles.keySource(id).type === 'none' && !(await askForKey(keys, profile))) {
    return undefined;
  }
  return { ...profile, baseUrl };
}

async function askForAddress({ definition }: ProviderProfile): Promise<string | undefined> {
  const { parse } = urlSetting({ description: '' });
  const isAddress = (text: string): boolean => (parse(text) ?? '') !== '';
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Address of {0}', definition.label),
    prompt: vscode.l10n.t('For example {0}', 'http://127.0.0.1:1234/v1'),
    ignoreFocusOut: true,
    validateInput: (typed) =>
      isAddress(typed)
        ? undefined
        : vscode.l10n.t('An address begins with http:// or https:// and holds neither user name nor password.'),
  });
  return text === undefined ? undefined : parse(text);
}

async function chooseModel(profile: ProviderProfile, { models, model }: ProbeResult): Promise<void> {
  const { definition, completionModel } = profile;
  const listed = models.length > 0 ? models : definition.models;
  if (listed.length === 0) {
    return;
  }
  const automatic = definition.completionModel ?? model;
  const items = [
    {
      label: `$(wand) ${vscode.l10n.t('Automatic')}`,
      description: automatic ?? vscode.l10n.t('the first that completes code'),
      value: undefined,
    },
    ...listed.map((name) => ({
      label: name,
      description: name === completionModel ? vscode.l10n.t('in use') : '',
      value: name,
    })),
  ];
  const placeHolder = vscode.l10n.t('Which model of {0}?', definition.label);
  const chosen = await vscode.window.showQuickPick(items, { placeHolder });
  if (chosen !== undefined) {
    await writeSetting(providerSettingKey(definition.id, 'completionModel'), () => chosen.value);
  }
}
