/** `Reaper: Set API Key` and `Remove API Key`: keys go from a password box to the secret storage and nowhere else. */
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { Logger } from '../base/logger.ts';
import { type KeyProblem, keyProblem, type Keys } from '../config/keys.ts';
import type { Profiles } from '../config/profiles.ts';
import type { ProviderProfile } from '../router/provider-definition.ts';
import { pickProvider } from './provider-picker.ts';
import { registerCommand } from './register-command.ts';
import type { ConnectionTest } from './test-connection.ts';

export interface KeyCommandsOptions {
  readonly keys: Pick<Keys, 'store' | 'remove' | 'source'>;
  readonly profiles: Pick<Profiles, 'list' | 'all' | 'find' | 'isSetUp' | 'keySource'>;
  readonly test: Pick<ConnectionTest, 'probe' | 'report'>;
  readonly logger: Logger;
}

/** The commands' optional argument is the id of a provider. */
export function registerKeyCommands(options: KeyCommandsOptions): Disposable {
  const { keys, profiles, test, logger } = options;
  const store = new DisposableStore();
  store.add(
    registerCommand('reaper.setApiKey', logger, async (argument) => {
      const withKey = profiles.all().filter(({ definition }) => definition.auth !== 'none');
      const profile = await choose(profiles, withKey, argument, vscode.l10n.t('Set the key of which provider?'));
      if (profile !== undefined && (await askForKey(keys, profile))) {
        logger.info(`The key of ${profile.definition.id} was set`);
        const result = await test.probe(profile);
        if (result !== undefined) {
          test.report(profile, result);
        }
      }
    }),
  );
  store.add(
    registerCommand('reaper.removeApiKey', logger, async (argument) => {
      const stored = await withStoredKey(keys, profiles.all());
      if (stored.length === 0) {
        void vscode.window.showInformationMessage(vscode.l10n.t('Reaper has no stored keys.'));
        return;
      }
      const profile = await choose(profiles, stored, argument, vscode.l10n.t('Remove the key of which provider?'));
      if (profile !== undefined) {
        await keys.remove(profile.definition.id);
        logger.info(`The key of ${profile.definition.id} was removed`);
        void vscode.window.showInformationMessage(
          vscode.l10n.t('The key of {0} was removed.', profile.definition.label),
        );
      }
    }),
  );
  return store;
}

async function withStoredKey(
  keys: Pick<Keys, 'source'>,
  all: readonly ProviderProfile[],
): Promise<readonly ProviderProfile[]> {
  const sources = await Promise.all(all.map(({ definition }) => keys.source(definition.id)));
  return all.filter((_profile, index) => sources[index]?.type === 'stored');
}

/** Whether a key was given and stored. */
export async function askForKey(keys: Pick<Keys, 'store'>, { definition }: ProviderProfile): Promise<boolean> {
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
  await keys.store(definition.id, key);
  return true;
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
