/** What is wrong with a `reaper.toml` in the user's words: the key, what is accepted, the way out. */
import * as vscode from 'vscode';
import type { TomlFault, UnreadableReason } from '../config/toml/toml-problem.ts';
import { acceptsText } from './setting-problem-text.ts';

export function tomlProblemText(fault: TomlFault): string {
  switch (fault.type) {
    case 'syntax':
      return vscode.l10n.t('This is no TOML ({0}). Reaper goes on with what it read before.', fault.message);
    case 'wrong-value':
      return vscode.l10n.t('{0} is {1}; accepted: {2}.', fault.name, fault.found, acceptsText(fault.accepts));
    case 'unknown-key':
      return fault.nearest === undefined
        ? vscode.l10n.t('Reaper does not know {0}.', fault.name)
        : vscode.l10n.t('Reaper does not know {0}. Did you mean {1}?', fault.name, fault.nearest);
    case 'user-only':
      return vscode.l10n.t(
        'A workspace may not set {0}. Set it in your own settings or in your own reaper.toml.',
        fault.name,
      );
    case 'secret':
      return vscode.l10n.t(
        '{0} is not read: keys do not belong in a file. Run "Reaper: Set API Key", which keeps them in the secret storage.',
        fault.name,
      );
    case 'editor-decides':
      return vscode.l10n.t(
        '{0} has no effect here: VS Code makes the connections, by its own settings for proxies and certificates (http.*). "Reaper: Doctor" shows what came of it.',
        fault.name,
      );
    case 'without-effect':
      return vscode.l10n.t('{0} has no effect in this version of Reaper.', fault.name);
    case 'unreadable':
      return unreadableText(fault.reason);
  }
}

function unreadableText(reason: UnreadableReason): string {
  switch (reason) {
    case 'too-large':
      return vscode.l10n.t('The file is larger than 256 KB and is not read. Reaper goes on with what it read before.');
    case 'not-text':
      return vscode.l10n.t('The file is not text in UTF-8. Reaper goes on with what it read before.');
    case 'outside':
      return vscode.l10n.t('The file is a link that leads out of the workspace, and is not read.');
    case 'not-a-file':
      return vscode.l10n.t('This is not a regular file, and is not read.');
    case 'failed':
      return vscode.l10n.t('The file cannot be read. Check its permissions.');
  }
}
