/** Asks for the user's own Google client: the id goes into the settings, its secret into the secret storage. */
import * as vscode from 'vscode';
import { ReaperError } from '../../base/errors.ts';
import type { Secrets } from '../../config/secrets.ts';
import { writeSetting } from '../write-setting.ts';

const CLIENT_ID_SETTING = 'reaper.google.clientId';

/** Throws `cancelled` when the user gave up. */
export async function askForClient(clientId: () => string, secrets: Secrets, secretName: string): Promise<void> {
  const title = vscode.l10n.t('Sign In with Google');
  if (clientId() === '') {
    const id = await vscode.window.showInputBox({
      title,
      prompt: vscode.l10n.t(
        'The client id of your own Google Cloud project: console.cloud.google.com, Credentials, OAuth client ID, Desktop app.',
      ),
      placeHolder: '….apps.googleusercontent.com',
      ignoreFocusOut: true,
      validateInput: (typed) =>
        /^[\x21-\x7e]+$/.test(typed.trim()) ? undefined : vscode.l10n.t('A client id is one word.'),
    });
    if (id === undefined) {
      throw new ReaperError('cancelled', 'Cancelled');
    }
    await writeSetting(CLIENT_ID_SETTING, () => id.trim());
  }
  // Asked at each sign-in, because a wrong one is found out only by Google.
  const secret = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('The client secret that Google shows next to the id. Leave it empty if there is none.'),
    value: (await secrets.get(secretName)) ?? '',
    password: true,
    ignoreFocusOut: true,
  });
  if (secret === undefined) {
    throw new ReaperError('cancelled', 'Cancelled');
  }
  if (secret.trim() === '') {
    await secrets.delete(secretName);
  } else {
    await secrets.store(secretName, secret.trim());
  }
}
