/** The report behind `Reaper: Show Usage`: what was spent, by whom and for what, as Markdown. */
import * as vscode from 'vscode';
import type { BudgetState } from '../../ledger/budget-limits.ts';
import { dollars } from '../../ledger/dollars.ts';
import type { AttemptLine, UsageReport, UsageSums } from '../../ledger/usage.ts';
import type { AttemptOutcome, Cost } from '../../router/request-record.ts';
import { amountText, limitName } from './money-text.ts';

export interface UsageTextInput {
  readonly report: UsageReport;
  readonly budgets: readonly BudgetState[];
  /** Why usage cannot be written. */
  readonly trouble: string | undefined;
  readonly labelOf: (providerId: string) => string;
}

export function usageText({ report, budgets, trouble, labelOf }: UsageTextInput): string {
  const { today, month, byModel, byPurpose, latest, failed } = report;
  const sections = [
    `# ${vscode.l10n.t('Usage')}`,
    ...(trouble === undefined ? [] : [`**${plain(trouble)}**`]),
    table(SUM_HEADER(vscode.l10n.t('Period')), [
      sumRow(vscode.l10n.t('Today'), today),
      sumRow(vscode.l10n.t('This month'), month),
    ]),
    ...(month.unknown > 0
      ? [
          vscode.l10n.t(
            '≥: the prices of some models are not known, so it was more. Give them in `reaper.prices.overrides`.',
          ),
        ]
      : []),
    `## ${vscode.l10n.t('Limits')}`,
    budgets.length === 0
      ? vscode.l10n.t('No limit is set. Set one in `reaper.budget`, for example `reaper.budget.perDayUsd`.')
      : table(
          [vscode.l10n.t('Limit'), vscode.l10n.t('Amount'), vscode.l10n.t('Used'), vscode.l10n.t('Left')],
          budgets.map(budgetRow),
        ),
  ];
  if (month.attempts === 0) {
    return [...sections, vscode.l10n.t('Nothing was asked of a model in this month.'), ''].join('\n\n');
  }
  return [
    ...sections,
    `## ${vscode.l10n.t('This month, by model')}`,
    table(
      SUM_HEADER(vscode.l10n.t('Model')),
      byModel.map(({ providerId, model, sums }) => sumRow(nameOf(labelOf(providerId), model), sums)),
    ),
    `## ${vscode.l10n.t('This month, by purpose')}`,
    table(
      SUM_HEADER(vscode.l10n.t('Purpose')),
      byPurpose.map(({ purpose, sums }) => sumRow(purpose, sums)),
    ),
    ...(failed.length === 0
      ? []
      : [
          `## ${vscode.l10n.t('The last failures')}`,
          table(
            lineHeader(),
            failed.map((line) => lineRow(line, labelOf)),
          ),
        ]),
    `## ${vscode.l10n.t('The last requests')}`,
    vscode.l10n.t('Free completions are counted above and not listed here.'),
    table(
      lineHeader(),
      latest.map((line) => lineRow(line, labelOf)),
    ),
    vscode.l10n.t('~: estimated, because the provider did not tell the tokens or was stopped before it did.'),
    '',
  ].join('\n\n');
}

type Cells = readonly string[];

const SUM_HEADER = (first: string): Cells => [
  first,
  vscode.l10n.t('Cost'),
  vscode.l10n.t('Requests'),
  vscode.l10n.t('Failed'),
  vscode.l10n.t('Stopped'),
  vscode.l10n.t('Tokens in'),
  vscode.l10n.t('From cache'),
  vscode.l10n.t('Tokens out'),
];

function sumRow(name: string, sums: UsageSums): Cells {
  const { usd, unknown, attempts, failed, cancelled, inputUncached, inputCacheRead, inputCacheWrite } = sums;
  return [
    name,
    amountText(usd, unknown > 0),
    count(attempts),
    count(failed),
    count(cancelled),
    count(inputUncached + inputCacheRead + inputCacheWrite),
    count(inputCacheRead),
    count(sums.output + sums.reasoning),
  ];
}

function budgetRow(state: BudgetState): Cells {
  const { limitUsd, spentUsd } = state;
  const left = Math.max(0, limitUsd - spentUsd);
  return [
    limitName(state),
    dollars(limitUsd),
    `${dollars(spentUsd)} (${Math.round((spentUsd / limitUsd) * 100)} %)`,
    left === 0 ? vscode.l10n.t('nothing') : dollars(left),
  ];
}

function lineHeader(): Cells {
  return [
    vscode.l10n.t('When'),
    vscode.l10n.t('Purpose'),
    vscode.l10n.t('Model'),
    vscode.l10n.t('Cost'),
    vscode.l10n.t('Tokens in/out'),
    vscode.l10n.t('Time'),
    vscode.l10n.t('How it ended'),
  ];
}

function lineRow(line: AttemptLine, labelOf: (providerId: string) => string): Cells {
  const { startedAt, purpose, strategy, role, providerId, model, cost, inputTokens, outputTokens, totalMs } = line;
  return [
    new Date(startedAt).toLocaleString(),
    strategy === 'single' ? purpose : `${purpose} (${strategy}, ${role})`,
    nameOf(labelOf(providerId), model),
    costText(cost),
    `${count(inputTokens)} / ${count(outputTokens)}`,
    totalMs < 1000 ? `${Math.round(totalMs)} ms` : `${(totalMs / 1000).toFixed(1)} s`,
    outcomeText(line.outcome),
  ];
}

function costText({ usd, certainty }: Cost): string {
  switch (certainty) {
    case 'exact':
      return dollars(usd);
    case 'estimated':
      return `~ ${dollars(usd)}`;
    case 'unknown':
      return vscode.l10n.t('not known');
  }
}

function outcomeText(outcome: AttemptOutcome): string {
  switch (outcome.type) {
    case 'finished':
      return outcome.reason;
    case 'failed':
      return `${outcome.kind}: ${outcome.message}`;
    case 'cancelled':
      return vscode.l10n.t('stopped');
  }
}

function nameOf(label: string, model: string): string {
  return model === '' ? label : `${label}, ${model}`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString();
}

function table(header: Cells, rows: readonly Cells[]): string {
  const all = [header, ...rows].map((cells) => cells.map(plain));
  const widths = header.map((_, column) => Math.max(3, ...all.map((cells) => [...(cells[column] ?? '')].length)));
  const line = (cells: Cells): string =>
    `| ${cells.map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - [...cell].length))).join(' | ')} |`;
  const [first = [], ...rest] = all;
  return [line(first), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rest.map(line)].join('\n');
}

/** Names and messages come from servers: no cell may end early, no line may become another, no link may come to life. */
function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[|\\]/g, (character) => `\\${character}`)
    .replaceAll(/[<[\]]/g, (character) => `\\${character}`);
}
