/** Takes the browser's answer from the user's hand: the way that works wherever the editor runs. */
import * as vscode from 'vscode';
import { ReaperError } from '../../base/errors.ts';
import type { RedirectReceiver } from '../../config/sign-in/sign-in-flow.ts';

/** Nothing listens there: the browser shows an error, and the answer in its address bar. Any port is registered with `127.0.0.1`. */
const REDIRECT_URI = 'http://127.0.0.1:41953/signed-in';

export function openPasteRedirect(label: string): RedirectReceiver {
  return {
    redirectUri: REDIRECT_URI,
    receive: async (state, signal) => {
      const source = new vscode.CancellationTokenSource();
      const onAbort = (): void => source.cancel();
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        const text = await vscode.window.showInputBox(
          {
            title: vscode.l10n.t('Sign In with {0}', label),
            prompt: vscode.l10n.t(
              'After you signed in, the browser shows a page that cannot be reached. Copy its address and paste it here.',
            ),
            placeHolder: `${REDIRECT_URI}?…`,
            // It holds a code that is good for a moment.
            password: true,
            ignoreFocusOut: true,
            validateInput: (typed) =>
              answerOf(typed, state) === undefined
                ? vscode.l10n.t('This is not the address that this sign-in leads to. Copy all of it.')
                : undefined,
          },
          source.token,
        );
        const answer = text === undefined ? undefined : answerOf(text, state);
        if (answer === undefined) {
          throw new ReaperError('cancelled', 'Cancelled');
        }
        return answer;
      } finally {
        signal.removeEventListener('abort', onAbort);
        source.dispose();
      }
    },
    dispose: () => undefined,
  };
}

function answerOf(text: string, state: string): URL | undefined {
  const address = text.trim();
  if (!address.startsWith(`${REDIRECT_URI}?`) || !URL.canParse(address)) {
    return undefined;
  }
  const url = new URL(address);
  return url.searchParams.getAll('state').join() === state ? url : undefined;
}
