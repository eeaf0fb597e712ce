/** VS Code's authentication as the core's port. */
import * as vscode from 'vscode';
import { ReaperError } from '../../base/errors.ts';
import type { EditorSessions, SessionRequest } from '../../config/sign-in/account-sessions.ts';

export function createEditorSessions(): EditorSessions {
  return {
    get: async (provider, scopes, request) => {
      try {
        const session = await vscode.authentication.getSession(provider, scopes, OPTIONS[request]);
        return session && { token: session.accessToken, accountName: session.account.label };
      } catch (error) {
        if (isRefusal(error)) {
          throw new ReaperError('cancelled', 'Cancelled');
        }
        throw isUnknownProvider(error)
          ? new ReaperError('auth', `This editor has no sign-in for ${provider} accounts. Use an API key instead.`)
          : error;
      }
    },
    onDidChange: (listener) => vscode.authentication.onDidChangeSessions((event) => listener(event.provider.id)),
  };
}

/** Without `silent`, VS Code would put a badge on the Accounts icon of people who never asked for a sign-in. */
const OPTIONS: Readonly<Record<SessionRequest, vscode.AuthenticationGetSessionOptions>> = {
  silent: { silent: true },
  ask: { createIfNone: true },
  'ask-anew': { forceNewSession: true },
  forget: { silent: true, clearSessionPreference: true },
};

/** Builds of VS Code without it, and those that switched it off; VS Code waits for some seconds first. */
function isUnknownProvider(error: unknown): boolean {
  return (
    error instanceof Error && /waiting for authentication provider|no authentication provider/i.test(error.message)
  );
}

/** VS Code has no other sign of a user who gave up than the words of its error. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && /did not consent|cancel/i.test(error.message);
}
