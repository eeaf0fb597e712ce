/** What the doctor says of the state of things: models that rest, limits of servers, connections, money. */
import * as vscode from 'vscode';
import type { Profiles } from '../../config/profiles.ts';
import type { TomlProblem } from '../../config/toml/toml-problem.ts';
import type { HostConnections } from '../../router/capability-report.ts';
import { httpWishes, requestedProtocol } from '../../router/http-wishes.ts';
import type { ModelLimits } from '../../router/limits/model-limits.ts';
import type { Headroom } from '../../router/limits/rate-headroom.ts';
import type { Router } from '../../router/router.ts';
import type { TomlFiles } from '../reaper-toml.ts';
import type { Money } from '../usage/build-money.ts';
import { amountText, budgetText } from '../usage/money-text.ts';
import type { ReportSection } from './doctor-text.ts';

export interface StateSources {
  readonly router: Pick<Router, 'limits' | 'connections'>;
  readonly profiles: Pick<Profiles, 'find'>;
  readonly money: Pick<Money, 'ledger' | 'budget'>;
  readonly tomlFiles: Pick<TomlFiles, 'problems'>;
}

export function stateSections({ router, profiles, money, tomlFiles }: StateSources): readonly ReportSection[] {
  const labelOf = (providerId: string): string => profiles.find(providerId)?.definition.label ?? providerId;
  return [
    {
      title: vscode.l10n.t('Models That Were Asked'),
      lines: router.limits().map((limits) => limitsText(limits, labelOf(limits.providerId))),
    },
    { title: vscode.l10n.t('Money'), lines: moneyLines(money) },
    {
      title: vscode.l10n.t('Connections'),
      lines: connectionLines(router.connections(), hasHttpWishes(tomlFiles.problems())),
    },
  ];
}

function limitsText({ model, standing, restMs, occupancy, headroom }: ModelLimits, label: string): string {
  const name = [label, model].filter((part) => part !== '').join(', ');
  const rest = restText(standing, restMs);
  return [
    `${name}: ${rest}`,
    ...(occupancy === undefined || occupancy.running + occupancy.waiting === 0
      ? []
      : [vscode.l10n.t('{0} requests run, {1} wait', occupancy.running, occupancy.waiting)]),
    ...headroom.map(headroomText),
  ].join('; ');
}

function restText(standing: ModelLimits['standing'], restMs: number | undefined): string {
  switch (standing.type) {
    case 'good':
      return vscode.l10n.t('is asked');
    case 'resting':
      return vscode.l10n.t(
        'failed too often and rests for {0} s more ({1})',
        Math.ceil((restMs ?? 0) / 1000),
        standing.error.message,
      );
    case 'blocked':
      return vscode.l10n.t('is not asked until you change something ({0})', standing.error.message);
  }
}

function headroomText({ unit, remaining, limit }: Headroom): string {
  return limit === undefined
    ? vscode.l10n.t('{0} {1} left', remaining, unit)
    : vscode.l10n.t('{0} of {1} {2} left', remaining, limit, unit);
}

function moneyLines({ ledger, budget }: StateSources['money']): readonly string[] {
  const { today, month } = ledger.totals();
  const trouble = ledger.trouble();
  return [
    vscode.l10n.t('Today: {0}', amountText(today.usd, today.unknown > 0)),
    vscode.l10n.t('This month: {0}', amountText(month.usd, month.unknown > 0)),
    ...budget.states().map(budgetText),
    trouble === undefined ? vscode.l10n.t('The record of usage can be written.') : trouble.message,
  ];
}

function connectionLines(hosts: readonly HostConnections[], hasWishes: boolean): readonly string[] {
  const unmet = httpWishes.filter(({ effect }) => effect === 'not possible' || effect === 'decided by the editor');
  return [
    vscode.l10n.t('Asked for: {0}', requestedProtocol),
    ...hosts.map(hostText),
    ...(hasWishes ? unmet : []).map(({ key, explanation }) => `${key}: ${explanation}`),
  ];
}

/** Someone who wrote an `[http]` table wants to know what became of it; nobody else does. */
function hasHttpWishes(problems: readonly TomlProblem[]): boolean {
  return problems.some(({ fault }) => fault.type === 'editor-decides');
}

function hostText({ host, protocol, isEncrypted, opened, answered }: HostConnections): string {
  return vscode.l10n.t(
    '{0}: {1}, {2}; {3} answers over {4} connections',
    host,
    protocol,
    isEncrypted ? vscode.l10n.t('encrypted') : vscode.l10n.t('not encrypted'),
    answered,
    opened,
  );
}
