/** What the status bar says in each state: icon and name, a headline, details, and the words for screen readers. */
import * as vscode from 'vscode';
import type { CompletionStatus } from '../completion/engine.ts';
import type { PredictorState } from '../predictor/predictor.ts';
import type { MoneyFacts } from './usage/money-status.ts';
import { type StandIn, standInText } from './stand-ins.ts';
import { costLabel, moneyTexts } from './usage/money-text.ts';

export interface StatusFacts {
  readonly status: CompletionStatus;
  /** The provider that would answer now. */
  readonly provider: { readonly label: string; readonly model: string | undefined } | undefined;
  /** The language of the active editor, if ghost text is off for it. */
  readonly offForLanguage: string | undefined;
  readonly workspaceModel: PredictorState | undefined;
  readonly localOnly: boolean;
  readonly money?: MoneyFacts;
  /** Providers that answer in place of the first choice. */
  readonly standIns?: readonly StandIn[];
}

export interface StatusText {
  readonly text: string;
  readonly headline: string;
  readonly details: readonly string[];
  readonly warning: boolean;
}

const NAME = 'Reaper';
const WARNING_ICON = 'warning';

export function statusText(facts: StatusFacts): StatusText {
  const { icon, headline } = stateText(facts);
  return {
    text: `$(${icon}) ${NAME}${facts.money === undefined ? '' : costLabel(facts.money)}`,
    headline: `${NAME}: ${headline}`,
    details: detailTexts(facts),
    warning: icon === WARNING_ICON,
  };
}

function stateText({ status, offForLanguage, money, standIns = [] }: StatusFacts): {
  readonly icon: string;
  readonly headline: string;
} {
  if (status.state === 'off') {
    return { icon: 'circle-slash', headline: vscode.l10n.t('ghost text is off') };
  }
  if (offForLanguage !== undefined) {
    return { icon: 'circle-slash', headline: vscode.l10n.t('ghost text is off for {0}', offForLanguage) };
  }
  const standIn = standIns.find(({ use }) => use === 'completion') ?? standIns[0];
  switch (status.state) {
    case 'idle':
      if (money?.refusal !== undefined) {
        return { icon: WARNING_ICON, headline: vscode.l10n.t('a limit keeps requests from being sent') };
      }
      return standIn === undefined
        ? { icon: 'sparkle', headline: vscode.l10n.t('ready') }
        : {
            icon: 'arrow-swap',
            headline: vscode.l10n.t('{0} answers in place of {1}', standIn.instead, standIn.wanted),
          };
    case 'working':
      return { icon: 'loading~spin', headline: vscode.l10n.t('waiting for the model') };
    case 'snoozed':
      return { icon: 'bell-slash', headline: vscode.l10n.t('ghost text is snoozed') };
    case 'problem':
      return { icon: WARNING_ICON, headline: status.problem ?? vscode.l10n.t('a provider does not answer') };
  }
}

function detailTexts({ provider, workspaceModel, localOnly, money, standIns = [] }: StatusFacts): readonly string[] {
  return [
    provider === undefined ? vscode.l10n.t('No provider is available.') : providerText(provider),
    ...standIns.map(standInText),
    ...(workspaceModel === undefined ? [] : [workspaceModelText(workspaceModel)]),
    ...(money === undefined ? [] : moneyTexts(money)),
    ...(localOnly ? [vscode.l10n.t('Local only: nothing leaves this machine and the hosts you listed.')] : []),
  ];
}

function providerText({ label, model }: { readonly label: string; readonly model: string | undefined }): string {
  return model === undefined
    ? vscode.l10n.t('Completes with {0}.', label)
    : vscode.l10n.t('Completes with {0}, model {1}.', label, model);
}

function workspaceModelText(state: PredictorState): string {
  switch (state.state) {
    case 'off':
      return vscode.l10n.t('The workspace model is off.');
    case 'learning':
      if (state.files === 0) {
        return vscode.l10n.t('The workspace model has learned nothing yet.');
      }
      return vscode.l10n.t('The workspace model is learning: {0} files so far.', state.files);
    case 'ready':
      return vscode.l10n.t('The workspace model knows {0} files.', state.files);
    case 'failed':
      return vscode.l10n.t('The workspace model failed: {0}', state.problem ?? vscode.l10n.t('see the log'));
  }
}
