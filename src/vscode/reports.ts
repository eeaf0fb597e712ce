/** The reports that a user can open: why there was no suggestion, what left this machine, and what was spent. */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { Logger } from '../base/logger.ts';
import type { CompletionEngine } from '../completion/engine.ts';
import type { EgressLog } from '../privacy/egress-log.ts';
import { egressText } from './egress-text.ts';
import { createLiveReports, type Report } from './live-report.ts';
import { registerCommand } from './register-command.ts';
import type { StatusSource } from './status-source.ts';
import { statusText } from './status-text.ts';
import type { Usage } from './usage/register-usage.ts';
import { whyText } from './why-text.ts';

export interface ReportsOptions {
  readonly engine: Pick<CompletionEngine, 'reports' | 'onStatusChanged'>;
  readonly status: StatusSource;
  readonly egressLog: Pick<EgressLog, 'entries' | 'onEntry'>;
  readonly usage: Usage;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function registerReports({ engine, status, egressLog, usage, clock, logger }: ReportsOptions): Disposable {
  const store = new DisposableStore();
  const why: Report = {
    name: vscode.l10n.t('Why No Suggestion'),
    render: () => {
      const facts = status.facts();
      const { headline, details } = statusText(facts);
      return whyText(engine.reports(), [headline, ...details]);
    },
    onDidChange: engine.onStatusChanged,
  };
  const egress: Report = {
    name: vscode.l10n.t('What Left This Machine'),
    render: () => egressText(egressLog.entries(), status.facts().localOnly),
    onDidChange: egressLog.onEntry,
  };
  const reports = store.add(createLiveReports(clock, [why, egress, usage.report]));
  store.add(registerCommand('reaper.whyNoSuggestion', logger, () => reports.show(why)));
  store.add(registerCommand('reaper.showEgressLog', logger, () => reports.show(egress)));
  store.add(usage.register((report) => reports.show(report)));
  return store;
}
