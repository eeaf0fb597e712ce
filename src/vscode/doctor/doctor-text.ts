/** The doctor's report as Markdown that reads well without being rendered. */
import * as vscode from 'vscode';
import type { KeySource } from '../../config/keys.ts';
import { modelFactsText } from '../model-facts.ts';
import type { ModelFinding, ProviderFindings, Verdict, WayOut } from './provider-findings.ts';

export interface ReportSection {
  readonly title: string;
  readonly lines: readonly string[];
}

export interface DoctorReport {
  /** `undefined`: it is finished. */
  readonly progress: { readonly answered: number; readonly asked: number } | undefined;
  readonly providers: readonly ProviderFindings[];
  /** Who answers now, what runs in place of something better. */
  readonly routing: readonly string[];
  readonly sections: readonly ReportSection[];
}

/** `redact` sees each line before its markup is escaped: an escaped secret would no longer be known. */
export function doctorText(report: DoctorReport, redact: (text: string) => string): string {
  const { progress, providers, routing, sections } = report;
  const section = ({ title, lines }: ReportSection): readonly string[] =>
    lines.length === 0
      ? []
      : ['', `## ${plain(redact(title))}`, '', ...lines.map((line) => `- ${plain(redact(line))}`)];

  const faults = providers.filter(({ verdict }) => verdict === 'faulty' || verdict === 'gave-up');
  const summary = [
    ...(progress === undefined
      ? []
      : [vscode.l10n.t('Still asking: {0} of {1} providers have answered.', progress.answered, progress.asked)]),
    ...routing,
    ...faults.map((finding) => problemLine(finding)),
    ...(progress === undefined && faults.length === 0 ? [vscode.l10n.t('Nothing that is set up is broken.')] : []),
  ];
  const asked = providers.filter(({ verdict }) => verdict !== 'not-set-up' && verdict !== 'off');
  const others = providers.filter(({ verdict }) => verdict === 'not-set-up' || verdict === 'off');
  return [
    `# ${vscode.l10n.t('Reaper: Doctor')}`,
    ...section({ title: vscode.l10n.t('In Short'), lines: summary }),
    ...asked.flatMap((finding) =>
      section({ title: `${finding.label}: ${verdictText(finding.verdict)}`, lines: providerLines(finding) }),
    ),
    ...section({ title: vscode.l10n.t('Not in Use'), lines: others.map(problemLine) }),
    ...sections.flatMap(section),
    '',
  ].join('\n');
}

/** What servers say stays text: no heading, no link, no markup, one line. */
function plain(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').replace(/[[\]<>]/g, (character) => `\\${character}`);
}

function problemLine({ label, verdict, problem, wayOut }: ProviderFindings): string {
  const what = problem ?? verdictText(verdict);
  // Some messages begin with the provider's name already.
  const named = what.startsWith(label) ? what : `${label}: ${what}`;
  return wayOut === undefined ? ended(named) : `${ended(named)} ${wayOutText(wayOut, label)}`;
}

function ended(sentence: string): string {
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}

function providerLines(finding: ProviderFindings): readonly string[] {
  const { address, credentials, auth, details, models, inUseFor, health, problem, wayOut, label } = finding;
  return [
    ...(problem === undefined ? [] : [ended(problem)]),
    ...(wayOut === undefined ? [] : [wayOutText(wayOut, label)]),
    usedForText(inUseFor),
    ...(address === undefined ? [] : [vscode.l10n.t('Address: {0}', address)]),
    ...(auth === 'none' ? [] : [credentialsText(credentials, auth)]),
    ...details,
    ...models.map(modelText),
    ...(health?.problem === undefined || health.problem === problem
      ? []
      : [vscode.l10n.t('The last request failed: {0}', health.problem)]),
  ];
}

function verdictText(verdict: Verdict): string {
  switch (verdict) {
    case 'ready':
      return vscode.l10n.t('ready');
    case 'faulty':
      return vscode.l10n.t('needs attention');
    case 'absent':
      return vscode.l10n.t('not found, and it need not be');
    case 'not-set-up':
      return vscode.l10n.t('not set up');
    case 'off':
      return vscode.l10n.t('switched off');
    case 'asking':
      return vscode.l10n.t('asking…');
    case 'gave-up':
      return vscode.l10n.t('gave no answer in time');
  }
}

function wayOutText(wayOut: WayOut, label: string): string {
  switch (wayOut) {
    case 'set-key':
      return vscode.l10n.t('Run "Reaper: Set API Key…" and choose {0}.', label);
    case 'sign-in':
      return vscode.l10n.t('Run "Reaper: Sign In…".');
    case 'set-address':
      return vscode.l10n.t('Check the setting "Base Url" of {0}, and that the server runs.', label);
    case 'select-model':
      return vscode.l10n.t('Run "Reaper: Select Model…" and choose {0}.', label);
    case 'open-privacy':
      return vscode.l10n.t('The setting reaper.privacy.localOnly keeps Reaper from asking it.');
    case 'enable':
      return vscode.l10n.t('The setting "Enabled" of {0} turns it on.', label);
    case 'see-log':
      return vscode.l10n.t('"Reaper: Show Log" has more.');
  }
}

function usedForText(inUseFor: readonly ('completion' | 'chat')[]): string {
  if (inUseFor.length === 0) {
    return vscode.l10n.t('Not among the providers that are asked.');
  }
  const uses = inUseFor.map((use) => (use === 'completion' ? vscode.l10n.t('ghost text') : vscode.l10n.t('chat')));
  return vscode.l10n.t('Asked for: {0}', uses.join(', '));
}

function credentialsText(source: KeySource, auth: ProviderFindings['auth']): string {
  switch (source.type) {
    case 'stored':
      return vscode.l10n.t('Key: in the secret storage');
    case 'environment':
      return vscode.l10n.t('Key: from the environment variable {0}', source.variable);
    case 'account':
      // Not as whom: the report is made to be passed on.
      return vscode.l10n.t('Account: signed in');
    case 'none':
      return auth === 'optional-api-key' || auth === 'optional-sign-in'
        ? vscode.l10n.t('Key: none, and it may do without')
        : vscode.l10n.t('Key: none');
  }
}

function modelText({ use, model, price, firstTokenMs }: ModelFinding): string {
  if (model === undefined) {
    return use === 'completion'
      ? vscode.l10n.t('Model for ghost text: none known')
      : vscode.l10n.t('Model for chat: none known');
  }
  const facts = modelFactsText({ price, contextTokens: undefined, firstTokenMs });
  return use === 'completion'
    ? vscode.l10n.t('Model for ghost text: {0} ({1})', model, facts)
    : vscode.l10n.t('Model for chat: {0} ({1})', model, facts);
}
