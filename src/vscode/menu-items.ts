/** What the menu offers: what is wrong first, then what one may want to do. Loaded when it is opened. */
import * as vscode from 'vscode';
import type { CompletionStatus } from '../completion/engine.ts';
import type { CommandId } from '../config/commands.ts';
import type { Settings } from '../config/read-settings.ts';
import type { Account } from '../config/sign-in/accounts.ts';
import { isLanguageOn } from './languages-on.ts';
import type { StatusSource } from './status-source.ts';

interface MenuItem extends vscode.QuickPickItem {
  readonly command?: CommandId;
  readonly argument?: string;
}

export function menuItems(
  status: StatusSource,
  { completion }: Settings,
  signedIn: readonly Account[],
): readonly MenuItem[] {
  const facts = status.facts();
  const { provider } = facts;
  const languageId = vscode.window.activeTextEditor?.document.languageId;
  return [
    ...problemItems(facts.status),
    separator(vscode.l10n.t('Model')),
    {
      label: `$(server) ${vscode.l10n.t('Select Model…')}`,
      description:
        provider === undefined ? vscode.l10n.t('none') : [provider.label, provider.model].filter(Boolean).join(', '),
      command: 'reaper.selectModel',
    },
    { label: `$(git-compare) ${vscode.l10n.t('Select Strategy…')}`, command: 'reaper.selectStrategy' },
    { label: `$(key) ${vscode.l10n.t('Set API Key…')}`, command: 'reaper.setApiKey' },
    {
      label: `$(account) ${vscode.l10n.t('Sign In…')}`,
      description: signedIn.map(({ label, name }) => `${label} ${name}`).join(', '),
      command: 'reaper.signIn',
    },
    { label: `$(debug-disconnect) ${vscode.l10n.t('Test Connection…')}`, command: 'reaper.testConnection' },
    separator(vscode.l10n.t('Ghost Text')),
    toggleItem(completion.enabled, vscode.l10n.t('Everywhere'), 'reaper.completion.toggle'),
    ...(languageId === undefined
      ? []
      : [
          toggleItem(isLanguageOn(completion.languages, languageId), languageId, 'reaper.completion.toggleLanguage'),
          {
            label: `$(file) ${vscode.l10n.t('On or Off for This File')}`,
            command: 'reaper.completion.toggleFile' as const,
          },
        ]),
    facts.status.state === 'snoozed'
      ? { label: `$(bell) ${vscode.l10n.t('End Snooze')}`, command: 'reaper.completion.cancelSnooze' }
      : { label: `$(bell-slash) ${vscode.l10n.t('Snooze…')}`, command: 'reaper.completion.snooze' },
    separator(vscode.l10n.t('Look Behind')),
    { label: `$(pulse) ${vscode.l10n.t('Doctor')}`, command: 'reaper.doctor' },
    { label: `$(question) ${vscode.l10n.t('Why No Suggestion?')}`, command: 'reaper.whyNoSuggestion' },
    { label: `$(globe) ${vscode.l10n.t('Show What Left This Machine')}`, command: 'reaper.showEgressLog' },
    { label: `$(credit-card) ${vscode.l10n.t('Show Usage')}`, command: 'reaper.showUsage' },
    { label: `$(output) ${vscode.l10n.t('Show Log')}`, command: 'reaper.showLog' },
  ];
}

/** What is wrong comes first, with the way to find out more. */
function problemItems({ state, providerId, problem }: CompletionStatus): readonly MenuItem[] {
  return state === 'problem'
    ? [
        {
          label: `$(warning) ${vscode.l10n.t('Find Out What Is Wrong…')}`,
          ...(problem !== undefined && { detail: problem }),
          command: 'reaper.testConnection',
          ...(providerId !== undefined && { argument: providerId }),
        },
      ]
    : [];
}

function toggleItem(on: boolean, what: string, command: CommandId): MenuItem {
  return {
    label: `$(${on ? 'check' : 'circle-slash'}) ${what}`,
    description: on ? vscode.l10n.t('on; choose to turn off') : vscode.l10n.t('off; choose to turn on'),
    command,
  };
}

function separator(label: string): MenuItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}
