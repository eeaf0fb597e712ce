/** Shows what was spent when it is asked for, and says by itself when a limit is nearly used up or usage cannot be kept. */
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/event.ts';
import type { Logger } from '../../base/logger.ts';
import type { Profiles } from '../../config/profiles.ts';
import type { UsageReport } from '../../ledger/usage.ts';
import type { Report } from '../live-report.ts';
import { registerCommand } from '../register-command.ts';
import type { Money } from './build-money.ts';
import type { usageText } from './usage-text.ts';

export interface UsageOptions {
  readonly money: Pick<Money, 'ledger' | 'budget' | 'onNotice'>;
  readonly profiles: Pick<Profiles, 'find'>;
  readonly logger: Logger;
}

export interface Usage extends Disposable {
  /** For those who show reports. */
  readonly report: Report;
  /** The command; `show` opens the report. */
  register(show: (report: Report) => Promise<void>): Disposable;
}

const loadNotices = () => import('./usage-notices.ts');

export function createUsage({ money, profiles, logger }: UsageOptions): Usage {
  const { ledger, budget } = money;
  const store = new DisposableStore();
  const changed = store.add(new Emitter<void>());
  let latest: { readonly report: UsageReport; readonly textOf: typeof usageText } | undefined;

  async function refresh(): Promise<void> {
    const [report, { usageText: textOf }] = await Promise.all([ledger.report(), import('./usage-text.ts')]);
    latest = { report, textOf };
  }

  const report: Report = {
    name: `${vscode.l10n.t('Usage')}.md`,
    render: () =>
      latest === undefined
        ? ''
        : latest.textOf({
            report: latest.report,
            budgets: budget.states(),
            trouble: ledger.trouble()?.message,
            labelOf: (id) => profiles.find(id)?.definition.label ?? id,
          }),
    onDidChange: changed.event,
  };

  store.add(
    ledger.onTotalsChanged(() => {
      // Only for those who look at it.
      if (latest !== undefined && isOpen(report.name)) void refresh().then(() => changed.fire());
    }),
  );
  store.add(budget.onNearlySpent((state) => void loadNotices().then(({ tellNearlySpent }) => tellNearlySpent(state))));
  const told = new Set<string>();
  const tellOnce = (message: string | undefined): void => {
    if (message === undefined || told.has(message)) return;
    told.add(message);
    void loadNotices().then(({ tellTrouble }) => tellTrouble(message));
  };
  store.add(ledger.onTroubleChanged((trouble) => tellOnce(trouble?.type === 'missing' ? undefined : trouble?.message)));
  store.add(money.onNotice(tellOnce));

  return {
    report,
    register: (show) =>
      registerCommand('reaper.showUsage', logger, async () => {
        await refresh();
        await show(report);
      }),
    dispose: () => store.dispose(),
  };
}

function isOpen(name: string): boolean {
  return vscode.workspace.textDocuments.some(({ uri, isClosed }) => !isClosed && uri.path === `/${name}`);
}
