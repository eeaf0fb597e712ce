/** `Reaper: Select Strategy`: one model after the other, several at once, or merged, in plain words and with what it costs. */
import * as vscode from 'vscode';
import type { Logger } from '../base/logger.ts';
import type { Profiles } from '../config/profiles.ts';
import type { Settings } from '../config/read-settings.ts';
import type { Strategy } from '../router/model-request.ts';
import type { CommandHandlers } from './register-command.ts';
import { writeSetting } from './write-setting.ts';

export interface SelectStrategyOptions {
  readonly profiles: Pick<Profiles, 'list'>;
  readonly settings: () => Settings;
  readonly logger: Logger;
}

type StrategySetting = 'completionStrategy' | 'chatStrategy';

export function selectStrategyCommands({ profiles, settings, logger }: SelectStrategyOptions) {
  return {
    'reaper.selectStrategy': async () => {
      const { routing } = settings();
      const setting = await chooseUse(routing);
      if (setting === undefined) {
        return;
      }
      const others = profiles.list().filter(({ definition }) => definition.location !== 'embedded').length;
      const items = STRATEGIES.map((strategy) => {
        const text = strategyText(strategy, routing.k);
        return {
          label: text.label,
          description: strategy === routing[setting] ? vscode.l10n.t('in use') : text.cost,
          detail: text.meaning,
          strategy,
        };
      });
      const placeHolder =
        others < 2
          ? vscode.l10n.t('You have one provider at the most: until there are two, all of these do the same')
          : vscode.l10n.t('How are your models to be asked?');
      const chosen = await vscode.window.showQuickPick(items, { placeHolder, matchOnDetail: true });
      if (chosen !== undefined) {
        await writeSetting(`reaper.routing.${setting}`, () => chosen.strategy);
        logger.info(`reaper.routing.${setting} was set to ${chosen.strategy}`);
      }
    },
  } satisfies CommandHandlers;
}

/** From the cheapest to the dearest. */
const STRATEGIES: readonly Strategy[] = ['single', 'speculate_k', 'race', 'parallel_merge'];

async function chooseUse(routing: Settings['routing']): Promise<StrategySetting | undefined> {
  const uses: readonly { readonly label: string; readonly setting: StrategySetting }[] = [
    { label: vscode.l10n.t('Ghost Text'), setting: 'completionStrategy' },
    { label: vscode.l10n.t('Chat, Agent, Review and Tests'), setting: 'chatStrategy' },
  ];
  const items = uses.map((use) => ({ ...use, description: strategyText(routing[use.setting], routing.k).label }));
  const placeHolder = vscode.l10n.t('Select a strategy for what?');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.setting;
}

export interface StrategyText {
  readonly label: string;
  readonly meaning: string;
  readonly cost: string;
}

/** `k`: how many models take part. */
export function strategyText(strategy: Strategy, k: number): StrategyText {
  switch (strategy) {
    case 'single':
      return {
        label: vscode.l10n.t('One Model'),
        meaning: vscode.l10n.t('The first model answers; the next one is asked only if it fails.'),
        cost: vscode.l10n.t('costs least'),
      };
    case 'speculate_k':
      return {
        label: vscode.l10n.t('Local First, Better Later'),
        meaning: vscode.l10n.t(
          'A model on this machine answers at once; a better one takes its place as soon as it is ready.',
        ),
        cost: vscode.l10n.t('costs what the better model costs'),
      };
    case 'race':
      return {
        label: vscode.l10n.t('Race'),
        meaning: vscode.l10n.t(
          '{0} models start at the same time; the first useful answer stays, the others are stopped.',
          k,
        ),
        cost: vscode.l10n.t('costs up to {0} times as much', k),
      };
    case 'parallel_merge':
      return {
        label: vscode.l10n.t('Merge'),
        meaning: vscode.l10n.t(
          '{0} models answer to the end, and one of them makes one answer of all. The slowest way; answers that call tools are not merged.',
          k,
        ),
        cost: vscode.l10n.t('costs more than {0} times as much', k),
      };
  }
}
