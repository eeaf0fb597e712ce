/** The report behind `Reaper: Why No Suggestion?`: the last requests, where each ended and why. */
import * as vscode from 'vscode';
import type { CompletionStage, StageReport } from '../completion/suggestion.ts';

export function whyText(reports: readonly StageReport[], status: readonly string[]): string {
  const lines = reports.map(reportLine);
  return [
    vscode.l10n.t('Why no suggestion?'),
    '',
    ...status,
    '',
    lines.length === 0
      ? vscode.l10n.t('Nothing was asked yet. Type in a file, then look here again.')
      : vscode.l10n.t('The last requests, newest first: time, place, how it ended, why, how long it took.'),
    '',
    ...lines,
    '',
  ].join('\n');
}

function reportLine(report: StageReport): string {
  const time = new Date(report.at).toLocaleTimeString();
  // Editors count lines from one.
  const place = `${report.path}:${report.line + 1}`;
  const by = report.providerId === undefined ? '' : `, ${report.providerId}`;
  return `${time}  ${place}  ${stageText(report.endedAt)}: ${report.reason} (${Math.round(report.elapsedMs)} ms${by})`;
}

function stageText(stage: CompletionStage): string {
  switch (stage) {
    case 'gate':
      return vscode.l10n.t('not wanted here');
    case 'context':
      return vscode.l10n.t('ended while gathering context');
    case 'prompt':
      return vscode.l10n.t('ended while building the prompt');
    case 'request':
      return vscode.l10n.t('the model gave nothing');
    case 'filters':
      return vscode.l10n.t('filtered out');
    case 'finish':
      return vscode.l10n.t('nothing left to show');
    case 'cache':
      return vscode.l10n.t('answered from memory');
    case 'shown':
      return vscode.l10n.t('shown');
  }
}
