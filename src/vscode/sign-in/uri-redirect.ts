/** Takes the browser's answer through the editor itself, where a server on this machine would be another machine's. */
import * as vscode from 'vscode';
import { untilAborted } from '../../base/abort.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { Logger } from '../../base/logger.ts';
import type { RedirectReceiver } from '../../config/sign-in/sign-in-flow.ts';

export interface UriRedirects extends Disposable {
  open(): Promise<RedirectReceiver>;
}

const PATH = '/signed-in';
/** Answers have some 2,000 characters at most. */
const MAX_URI_LENGTH = 16_384;

export function createUriRedirects(extensionId: string, logger: Logger): UriRedirects {
  const waiting = new Map<string, (answer: URL) => void>();
  // Every extension and every page may call it: what is not waited for, by its state, counts for nothing.
  const handler = vscode.window.registerUriHandler({
    handleUri: (uri) => {
      const answer = answerOf(uri);
      const states = answer?.searchParams.getAll('state') ?? [];
      const resolve = states.length === 1 ? waiting.get(states[0] ?? '') : undefined;
      if (answer === undefined || resolve === undefined) {
        logger.warn('An address that nobody waits for was opened, and ignored');
        return;
      }
      waiting.delete(states[0] ?? '');
      resolve(answer);
    },
  });
  return {
    open: async () => {
      const own = vscode.Uri.parse(`${vscode.env.uriScheme}://${extensionId}${PATH}`);
      const external = await vscode.env.asExternalUri(own);
      const states = new Set<string>();
      return {
        // Without encoding it once more: the identity provider compares it character by character.
        redirectUri: external.toString(true),
        receive: (state, signal) =>
          untilAborted(
            new Promise<URL>((resolve) => {
              states.add(state);
              waiting.set(state, resolve);
            }),
            signal,
          ),
        dispose: () => states.forEach((state) => waiting.delete(state)),
      };
    },
    dispose: () => {
      waiting.clear();
      handler.dispose();
    },
  };
}

/** Only the query matters; the address in front of it is the editor's affair. */
function answerOf({ path, query }: vscode.Uri): URL | undefined {
  if (path !== PATH || query.length > MAX_URI_LENGTH) {
    return undefined;
  }
  // VS Code has decoded it: a plus that is there now was meant.
  const address = `https://answer.invalid${PATH}?${query.replaceAll('+', '%2B')}`;
  return URL.canParse(address) ? new URL(address) : undefined;
}
