/** `Reaper: Select Model`: for what, of whom, which one; asks for what is missing (address, key, sign-in) and writes the settings. */
import * as vscode from 'vscode';
import type { Keys } from '../config/keys.ts';
import type { Profiles } from '../config/profiles.ts';
import type { Settings } from '../config/read-settings.ts';
import { urlSetting } from '../config/setting.ts';
import { providerSettingKey } from '../config/settings.ts';
import type { Prices } from '../router/prices.ts';
import type { ProviderProfile } from '../router/provider-definition.ts';
import type { Router } from '../router/router.ts';
import { askForAccess } from './key-commands.ts';
import { pickModel } from './model-picker.ts';
import { pickProvider } from './provider-picker.ts';
import type { CommandHandlers } from './register-command.ts';
import type { ConnectionTest } from './test-connection.ts';
import { writeSetting } from './write-setting.ts';

export interface SelectModelOptions {
  readonly keys: Pick<Keys, 'store' | 'list'>;
  readonly profiles: Pick<Profiles, 'list' | 'all' | 'find' | 'isSetUp' | 'keySource'>;
  readonly router: Pick<Router, 'completionRoute' | 'health'>;
  readonly prices: Prices;
  readonly settings: () => Settings;
  readonly test: ConnectionTest;
}

/** What one model is chosen for; providers have a model for each. */
interface ModelPurpose {
  readonly setting: 'completionModel' | 'chatModel';
  readonly orderSetting: string;
  /** Who is listed now, wherever that comes from. */
  readonly listed: (settings: Settings) => readonly string[];
  readonly label: string;
  readonly question: string;
  readonly automatic: string;
  readonly suits: (profile: ProviderProfile) => boolean;
}

/** The command's optional argument is the id of a provider: its model for ghost text is then chosen. */
export function selectModelCommands(options: SelectModelOptions) {
  const { profiles, router } = options;
  return {
    'reaper.selectModel': async (argument) => {
      const named = typeof argument === 'string' ? profiles.find(argument) : undefined;
      const purpose = named === undefined ? await choosePurpose(options) : completionPurpose();
      if (purpose === undefined) {
        return;
      }
      const automatic = { label: `$(wand) ${vscode.l10n.t('Automatic')}`, description: purpose.automatic };
      const offered = profiles.all().filter(purpose.suits);
      const picked = named ?? (await pickProvider(profiles, offered, purpose.question, automatic, router.health()));
      if (picked === 'extra') {
        await writeSetting(purpose.orderSetting, () => undefined);
      } else if (picked !== undefined) {
        await useProvider(options, picked, purpose);
      }
    },
  } satisfies CommandHandlers;
}

function completionPurpose(): ModelPurpose {
  return {
    setting: 'completionModel',
    orderSetting: 'reaper.completion.providers',
    listed: ({ completion }) => completion.providers,
    label: vscode.l10n.t('Ghost Text'),
    question: vscode.l10n.t('Who completes your code?'),
    automatic: vscode.l10n.t('what you set up first, then local servers, then the workspace model'),
    suits: ({ definition }) => definition.capabilities.fim !== 'none',
  };
}

function chatPurpose(): ModelPurpose {
  return {
    setting: 'chatModel',
    orderSetting: 'reaper.chat.providers',
    listed: ({ chat }) => chat.providers,
    label: vscode.l10n.t('Chat, Agent, Review and Tests'),
    question: vscode.l10n.t('Who answers in chat, agent, review and tests?'),
    automatic: vscode.l10n.t('what you set up, and local servers that are found'),
    suits: ({ definition }) => definition.capabilities.chat,
  };
}

async function choosePurpose({ profiles, settings }: SelectModelOptions): Promise<ModelPurpose | undefined> {
  const items = [completionPurpose(), chatPurpose()].map((purpose) => ({
    label: purpose.label,
    description: orderText(purpose.listed(settings()), profiles),
    purpose,
  }));
  const placeHolder = vscode.l10n.t('Select a model for what?');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.purpose;
}

function orderText(listed: readonly string[], profiles: Pick<Profiles, 'find'>): string {
  return listed.length > 0
    ? listed.map((id) => profiles.find(id)?.definition.label ?? id).join(', ')
    : vscode.l10n.t('automatic');
}

async function useProvider(options: SelectModelOptions, chosen: ProviderProfile, purpose: ModelPurpose): Promise<void> {
  const { id, location } = chosen.definition;
  const complete = await withWhatIsMissing(options, chosen);
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
      const model = await pickModel(options, complete, result, purpose.setting);
      if (model === undefined) {
        return;
      }
      await writeSetting(providerSettingKey(id, purpose.setting), () => (model === '' ? undefined : model));
    }
  }
  // Written even if it does not answer now: a server that is started later is what the user asked for.
  await writeSetting(purpose.orderSetting, () => [id]);
}

/** Asks for what cannot be done without; `undefined` when the user gave up. */
async function withWhatIsMissing(
  { keys, profiles }: SelectModelOptions,
  profile: ProviderProfile,
): Promise<ProviderProfile | undefined> {
  const { id, auth, baseUrlFor, location } = profile.definition;
  const options = { ...profile.options };
  for (const option of profile.definition.options ?? []) {
    if (option.required && (options[option.name] ?? '') === '') {
      const value = await askForOption(profile, option.name, option.description);
      if (value === undefined) {
        return undefined;
      }
      options[option.name] = value;
      await writeSetting(providerSettingKey(id, option.name), () => value);
    }
  }
  let baseUrl = profile.baseUrl ?? baseUrlFor?.(options);
  if (baseUrl === undefined && location !== 'embedded') {
    baseUrl = await askForAddress(profile);
    if (baseUrl === undefined) {
      return undefined;
    }
    await writeSetting(providerSettingKey(id, 'baseUrl'), () => baseUrl);
  }
  const isNeeded = auth === 'sign-in' || auth === 'api-key' || auth === 'api-key-or-sign-in';
  if (isNeeded && profiles.keySource(id).type === 'none' && !(await askForAccess(keys, profile))) {
    return undefined;
  }
  // The settings have been read anew by now.
  return profiles.find(id) ?? { ...profile, baseUrl, options };
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

async function askForOption(
  { definition }: ProviderProfile,
  name: string,
  description: string,
): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title: `${definition.label}: ${name}`,
    prompt: description,
    ignoreFocusOut: true,
    validateInput: (typed) => (typed.trim() === '' ? vscode.l10n.t('Nothing can be sent without it.') : undefined),
  });
  return text?.trim();
}
