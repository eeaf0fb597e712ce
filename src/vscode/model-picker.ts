/** The list of a provider's models to choose from, with what is known of each. */
import * as vscode from 'vscode';
import type { Prices } from '../router/prices.ts';
import type { ProviderProfile } from '../router/provider-definition.ts';
import type { Router } from '../router/router.ts';
import type { ProbeResult } from '../router/wire.ts';
import { modelFacts, modelFactsText } from './model-facts.ts';

interface ModelSources {
  readonly router: Pick<Router, 'completionRoute'>;
  readonly prices: Prices;
}

type Choice =
  { readonly type: 'automatic' } | { readonly type: 'named'; readonly model: string } | { readonly type: 'other' };

/** A server may list hundreds; looking all of them up would make the list wait. */
const MOST_DESCRIBED = 100;

/** Resolves with `''` for automatic, also where there is nothing to choose from, and with `undefined` when the user gave up. */
export async function pickModel(
  { router, prices }: ModelSources,
  profile: ProviderProfile,
  { models, model }: ProbeResult,
  setting: 'completionModel' | 'chatModel',
): Promise<string | undefined> {
  const { definition } = profile;
  const listed = models.length > 0 ? models : definition.models;
  if (listed.length === 0) {
    return '';
  }
  const routes = router.completionRoute();
  const automatic = definition[setting] ?? (setting === 'completionModel' ? model : listed[0]);
  const items: readonly (vscode.QuickPickItem & { readonly choice: Choice })[] = [
    {
      label: `$(wand) ${vscode.l10n.t('Automatic')}`,
      description: automatic ?? vscode.l10n.t('the first that completes code'),
      choice: { type: 'automatic' },
    },
    ...(await Promise.all(
      listed.map(async (name, index) => ({
        label: name,
        description: name === profile[setting] ? vscode.l10n.t('in use') : '',
        ...(index < MOST_DESCRIBED && { detail: modelFactsText(await modelFacts(profile, name, prices, routes)) }),
        choice: { type: 'named' as const, model: name },
      })),
    )),
    { label: `$(edit) ${vscode.l10n.t('Another Model…')}`, choice: { type: 'other' } },
  ];
  const placeHolder = vscode.l10n.t('Which model of {0}?', definition.label);
  const choice = (await vscode.window.showQuickPick(items, { placeHolder, matchOnDetail: true }))?.choice;
  if (choice === undefined) {
    return undefined;
  }
  switch (choice.type) {
    case 'automatic':
      return '';
    case 'named':
      return choice.model;
    case 'other':
      return askForModel(definition.label);
  }
}

async function askForModel(label: string): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Model of {0}', label),
    prompt: vscode.l10n.t('Its name as the provider writes it'),
    ignoreFocusOut: true,
  });
  const name = text?.trim();
  return name === '' ? undefined : name;
}
