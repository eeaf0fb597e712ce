/** A wrong setting in the user's words: the key, what stands there, what is accepted, what is used instead. */
import * as vscode from 'vscode';
import type { SettingProblem } from '../config/read-settings.ts';
import type { Accepts } from '../config/setting.ts';

export function settingProblemText({ key, found, accepts, used }: SettingProblem): string {
  if (used === undefined) {
    return vscode.l10n.t('{0} is {1}; accepted: {2}. Reaper ignores it.', key, found, acceptsText(accepts));
  }
  return vscode.l10n.t(
    'The setting {0} is {1}; accepted: {2}. Reaper uses {3} instead.',
    key,
    found,
    acceptsText(accepts),
    used,
  );
}

export function acceptsText(accepts: Accepts): string {
  switch (accepts.type) {
    case 'boolean':
      return 'true, false';
    case 'integer':
      return vscode.l10n.t('a whole number from {0} to {1}', accepts.minimum, accepts.maximum);
    case 'number':
      return vscode.l10n.t('a number from {0} to {1}', accepts.minimum, accepts.maximum);
    case 'choice':
      return accepts.choices.map(({ value }) => `"${value}"`).join(', ');
    case 'name':
      return ['', ...accepts.names].map((name) => `"${name}"`).join(', ');
    case 'text':
      return vscode.l10n.t('a text');
    case 'url':
      return vscode.l10n.t('an address that begins with http:// or https://, without user name and password');
    case 'text-list':
      return vscode.l10n.t('a list of texts, none of them empty');
    case 'choice-list':
      return vscode.l10n.t('a list of these: {0}', accepts.choices.map(({ value }) => `"${value}"`).join(', '));
    case 'boolean-map':
      return vscode.l10n.t('an object whose values are true or false');
    case 'number-map':
      return accepts.names.length === 0
        ? vscode.l10n.t('an object whose values are numbers from 0 to {0}', accepts.maximum)
        : vscode.l10n.t(
            'an object whose names are among {0} and whose values are numbers from 0 to {1}',
            accepts.names.map((name) => `"${name}"`).join(', '),
            accepts.maximum,
          );
    case 'price-map':
      return vscode.l10n.t(
        'an object of model names and prices in dollars per million tokens, for example {0}',
        '{ "my-model": { "input": 0.5, "output": 1.5 } }',
      );
    case 'header-map':
      return vscode.l10n.t('an object of HTTP header names and values, in printable ASCII');
  }
}
