/** Chooses how the browser's answer comes back, by where the editor runs, and shows that it is waited for. */
import * as vscode from 'vscode';
import type { Clock } from '../../base/clock.ts';
import { ReaperError } from '../../base/errors.ts';
import type { OAuthClient, Tokens } from '../../config/sign-in/oauth-client.ts';
import {
  type DeviceCode,
  type RedirectReceiver,
  signInByBrowser,
  signInByDevice,
} from '../../config/sign-in/sign-in-flow.ts';
import { abortSignalFrom } from '../cancellation.ts';
import { openBrowser } from './open-browser.ts';
import { openPasteRedirect } from './paste-redirect.ts';
import type { UriRedirects } from './uri-redirect.ts';

export interface SignInWaysOptions {
  readonly client: OAuthClient;
  /** `Google` */
  readonly label: string;
  readonly redirects: Pick<UriRedirects, 'open'>;
  readonly clock: Clock;
}

type Way = 'loopback' | 'editor' | 'paste' | 'device';

export function createSignInWays(options: SignInWaysOptions): (scopes: readonly string[]) => Promise<Tokens> {
  const { label } = options;
  return async (scopes) => {
    const way = await chooseWay(label);
    const flow = { ...options, scopes };
    const progress = {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Reaper: waiting for the sign-in with {0} in your browser…', label),
      cancellable: true,
    };
    return vscode.window.withProgress(progress, async (_progress, token) => {
      const abort = abortSignalFrom(token);
      try {
        return way === 'device'
          ? await signInByDevice(flow, (code) => void showCode(label, code), abort.signal)
          : await signInByBrowser(flow, await openReceiver(way, options), openBrowser, abort.signal);
      } finally {
        abort.dispose();
      }
    });
  };
}

async function openReceiver(
  way: Exclude<Way, 'device'>,
  { label, redirects }: SignInWaysOptions,
): Promise<RedirectReceiver> {
  switch (way) {
    case 'loopback': {
      const { openLoopbackRedirect } = await import('../../config/sign-in/loopback-redirect.ts');
      return openLoopbackRedirect({
        received: vscode.l10n.t('Reaper has the answer. You can close this page and go back to the editor.'),
        refused: vscode.l10n.t('This address belongs to no sign-in that Reaper waits for.'),
      });
    }
    case 'editor':
      return redirects.open();
    case 'paste':
      return openPasteRedirect(label);
  }
}

/** On a desktop nothing needs to be asked: the browser and the extension are on one machine. */
async function chooseWay(label: string): Promise<Way> {
  if (vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined) {
    return 'loopback';
  }
  const items: readonly (vscode.QuickPickItem & { readonly way: Way })[] = [
    {
      label: vscode.l10n.t('In the browser, then paste its address here'),
      detail: vscode.l10n.t('Works with a client of the type “Desktop app”.'),
      way: 'paste',
    },
    {
      label: vscode.l10n.t('In the browser, which leads back to this editor'),
      detail: vscode.l10n.t('The address of this editor must be registered with the client.'),
      way: 'editor',
    },
    {
      label: vscode.l10n.t('With a code, on any device'),
      detail: vscode.l10n.t('Works with a client of the type “TVs and Limited Input devices”.'),
      way: 'device',
    },
  ];
  const placeHolder = vscode.l10n.t(
    'Reaper runs on another machine than your browser. How do you sign in with {0}?',
    label,
  );
  const chosen = await vscode.window.showQuickPick(items, { placeHolder, ignoreFocusOut: true });
  if (chosen === undefined) {
    throw new ReaperError('cancelled', 'Cancelled');
  }
  return chosen.way;
}

/** Not awaited: the code is asked for while the message stands. */
async function showCode(label: string, { userCode, verificationUrl }: DeviceCode): Promise<void> {
  const copy = vscode.l10n.t('Copy Code and Open Page');
  const text = vscode.l10n.t('Enter the code {0} at {1} to sign in with {2}.', userCode, verificationUrl, label);
  if ((await vscode.window.showInformationMessage(text, copy)) === copy) {
    await vscode.env.clipboard.writeText(userCode);
    await openBrowser(verificationUrl);
  }
}
