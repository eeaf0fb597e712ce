/** `Reaper: Set API Key` and `Remove API Key`: keys go from a password box to the secret storage and nowhere else. */
import * as vscode from 'vscode';
import type { Logger } from '../base/logger.ts';
import type { CommandId } from '../config/commands.ts';
import { type KeyProblem, keyProblem, type Keys, type StoredKey } from '../config/keys.ts';
import type { Profiles } from '../config/profiles.ts';
import type { ProviderProfile } from '../router/provider-definition.ts';
import { pickProvider } from './provider-picker.ts';
import type { CommandHandlers } from './register-command.ts';
import type { ConnectionTest } from './test-connection.ts';

export interface KeyCommandsOptions {
  readonly keys: Pick<Keys, 'store' | 'remove' | 'list'>;
  readonly profiles: Pick<Profiles, 'list' | 'all' | 'find' | 'isSetUp' | 'keySource'>;
  readonly test: Pick<ConnectionTest, 'probe' | 'report'>;
  readonly logger: Logger;
}

/** The commands' optional argument is the id of a provider. */
export function keyCommands(options: KeyCommandsOptions) {
  const { keys, profiles, test, logger } = options;
  return {
    'reaper.setApiKey': async (argument) => {
      const offered = profiles.all().filter(({ definition }) => definition.auth !== 'none');
      const profile = await choose(profiles, offered, argument, vscode.l10n.t('Set the key of which provider?'));
      if (profile !== undefined && (await askForAccess(keys, profile))) {
        logger.info(`The access to ${profile.definition.id} was set`);
        const result = await test.probe(profile);
        if (result !== undefined) {
          test.report(profile, result);
        }
      }
    },
    'reaper.removeApiKey': async (argument) => {
      const stored = await withStoredKey(keys, profiles.all());
      if (stored.length === 0) {
        void vscode.window.showInformationMessage(vscode.l10n.t('Reaper has no stored keys.'));
        return;
      }
      const profile = await choose(profiles, stored, argument, vscode.l10n.t('Remove the key of which provider?'));
      const ofProvider = profile === undefined ? [] : await keys.list(profile.definition.id);
      const chosen = profile && (await chooseForRemoval(ofProvider, profile));
      if (profile !== undefined && chosen !== undefined) {
        await keys.remove(profile.definition.id, chosen === 'all' ? undefined : chosen.id);
        logger.info(`${chosen === 'all' ? 'All keys' : 'A key'} of ${profile.definition.id} removed`);
        const { label } = profile.definition;
        void vscode.window.showInformationMessage(
          chosen === 'all' && ofProvider.length > 1
            ? vscode.l10n.t('All {0} keys of {1} were removed.', ofProvider.length, label)
            : vscode.l10n.t('The key of {0} was removed.', label),
        );
      }
    },
  } satisfies CommandHandlers;
}

async function withStoredKey(
  keys: Pick<Keys, 'list'>,
  all: readonly ProviderProfile[],
): Promise<readonly ProviderProfile[]> {
  const lists = await Promise.all(all.map(({ definition }) => keys.list(definition.id)));
  return all.filter((_profile, index) => (lists[index]?.length ?? 0) > 0);
}

/** Asks for a key or a sign-in, whichever the provider takes; where it takes both, for the choice. Whether there is one now. */
export async function askForAccess(keys: Pick<Keys, 'store' | 'list'>, profile: ProviderProfile): Promise<boolean> {
  const { auth, signIn, label } = profile.definition;
  if (signIn === undefined || auth === 'api-key' || auth === 'optional-api-key') {
    return askForKey(keys, profile);
  }
  if (auth === 'api-key-or-sign-in') {
    const account = { label: `$(account) ${vscode.l10n.t('Sign In with the {0}', signIn.label)}` };
    const key = { label: `$(key) ${vscode.l10n.t('Enter an API Key')}` };
    const placeHolder = vscode.l10n.t('{0} takes either', label);
    const chosen = await vscode.window.showQuickPick([account, key], { placeHolder });
    if (chosen !== account) {
      return chosen !== undefined && askForKey(keys, profile);
    }
  }
  return (await vscode.commands.executeCommand('reaper.signIn' satisfies CommandId, signIn.provider)) !== undefined;
}

/** Whether a key was given and stored. */
async function askForKey(keys: Pick<Keys, 'store' | 'list'>, { definition }: ProviderProfile): Promise<boolean> {
  const place = await choosePlace(await keys.list(definition.id), definition.label);
  if (place === undefined) {
    return false;
  }
  const key = await vscode.window.showInputBox({
    title: vscode.l10n.t('API Key of {0}', definition.label),
    prompt: vscode.l10n.t('It is kept in the secret storage of VS Code.'),
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => {
      const problem = keyProblem(text.trim());
      return problem === undefined ? undefined : keyProblemText(problem);
    },
  });
  if (key === undefined) {
    return false;
  }
  await keys.store(definition.id, key, place === 'new' ? undefined : place.id);
  return true;
}

/** Replace which one, or add another? Nothing is asked while there is none. */
async function choosePlace(stored: readonly StoredKey[], label: string): Promise<StoredKey | 'new' | undefined> {
  if (stored.length === 0) {
    return 'new';
  }
  const items: (vscode.QuickPickItem & { readonly place: StoredKey | 'new' })[] = [
    ...stored.map((key, index) => ({
      label: `$(replace) ${vscode.l10n.t('Replace {0}', keyName(key, index))}`,
      place: key,
    })),
    {
      label: `$(add) ${vscode.l10n.t('Add Another Key')}`,
      description: vscode.l10n.t('used when the others are refused or at their limit'),
      place: 'new',
    },
  ];
  const placeHolder = vscode.l10n.t('{0} has a key already', label);
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.place;
}

async function chooseForRemoval(
  stored: readonly StoredKey[],
  { definition }: ProviderProfile,
): Promise<StoredKey | 'all' | undefined> {
  if (stored.length <= 1) {
    return 'all';
  }
  const items: (vscode.QuickPickItem & { readonly place: StoredKey | 'all' })[] = [
    ...stored.map((key, index) => ({ label: `$(key) ${keyName(key, index)}`, place: key })),
    { label: `$(trash) ${vscode.l10n.t('All of Them')}`, place: 'all' },
  ];
  const placeHolder = vscode.l10n.t('Remove which key of {0}?', definition.label);
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.place;
}

/** `Key 2 (…3f9a)` */
function keyName({ ending }: StoredKey, index: number): string {
  return ending === undefined
    ? vscode.l10n.t('Key {0}', index + 1)
    : vscode.l10n.t('Key {0} (…{1})', index + 1, ending);
}

function keyProblemText(problem: KeyProblem): string {
  switch (problem) {
    case 'empty':
      return vscode.l10n.t('Paste the key, or press Escape to leave things as they are.');
    case 'several-lines':
      return vscode.l10n.t('A key has one line.');
    case 'unprintable':
      return vscode.l10n.t('A key has no blanks and no characters beyond ASCII. Copy it again.');
  }
}

async function choose(
  profiles: KeyCommandsOptions['profiles'],
  offered: readonly ProviderProfile[],
  argument: unknown,
  placeHolder: string,
): Promise<ProviderProfile | undefined> {
  const named = offered.find(({ definition }) => definition.id === argument);
  const picked = named ?? (await pickProvider(profiles, offered, placeHolder));
  return picked === 'extra' ? undefined : picked;
}
