/** `Reaper: Doctor`: examines every provider and the surroundings, and shows what is missing and the way out. */
import * as vscode from 'vscode';
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/event.ts';
import type { Logger } from '../../base/logger.ts';
import { redactSecrets } from '../../base/redact.ts';
import type { Prices } from '../../router/prices.ts';
import type { Router } from '../../router/router.ts';
import type { Configuration } from '../build-configuration.ts';
import { createLiveReports, type Report } from '../live-report.ts';
import { settingProblemText } from '../setting-problem-text.ts';
import { accountsSection } from '../sign-in/accounts-section.ts';
import { type ConnectionTest, withProgress } from '../test-connection.ts';
import type { Money } from '../usage/build-money.ts';
import { doctorText, type ReportSection } from './doctor-text.ts';
import { environmentSections } from './environment-section.ts';
import { type Examination, examine } from './examination.ts';
import { knownSecrets } from './known-secrets.ts';
import { findingsOf } from './provider-findings.ts';
import { routingLines } from './routing-lines.ts';
import { stateSections } from './state-sections.ts';

export interface DoctorOptions {
  readonly context: Pick<vscode.ExtensionContext, 'extension'>;
  readonly configuration: Configuration;
  readonly privacy: { problems(): readonly string[] };
  readonly router: Router;
  readonly prices: Prices;
  readonly describe: ConnectionTest['describe'];
  readonly money: Pick<Money, 'ledger' | 'budget'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Doctor extends Disposable {
  readonly handlers: { readonly 'reaper.doctor': () => Promise<void> };
}

const SCHEME = 'reaper-doctor';

export function createDoctor(options: DoctorOptions): Doctor {
  const { configuration, router, money, prices, describe, clock, logger } = options;
  const { keys, profiles, settings, tomlFiles } = configuration;
  const store = new DisposableStore();
  const changed = store.add(new Emitter<void>());
  let text = '';
  const report: Report = {
    // The ending makes it Markdown, for which VS Code has a preview.
    name: vscode.l10n.t('Reaper Doctor.md'),
    render: () => text,
    onDidChange: changed.event,
  };
  const reports = store.add(createLiveReports(clock, [report], SCHEME));

  async function run(): Promise<void> {
    const secrets = await knownSecrets(keys, profiles.all(), settings());
    await Promise.all([profiles.ready, prices.ready()]);
    const environment = await environmentOf(options);
    const update = ({ answers, asked }: Examination, finished: boolean): void => {
      const sources = { profiles, prices, health: router.health(), routes: router.completionRoute() };
      text = doctorText(
        {
          progress: finished ? undefined : { answered: answers.size, asked },
          providers: profiles.all().map((profile) => findingsOf(profile, answers.get(profile.definition.id), sources)),
          routing: routingLines(router, profiles),
          sections: [...stateSections({ router, profiles, money, tomlFiles }), ...environment],
        },
        (line) => redactSecrets(line, secrets),
      );
      changed.fire();
    };
    let last: Examination = { answers: new Map(), asked: 0 };
    const title = vscode.l10n.t('Reaper: examining the providers');
    const shown = withProgress(title, async (signal, say) => {
      const test = router.test.bind(router);
      await examine({ profiles, test, describe, clock }, signal, (examination) => {
        last = examination;
        update(examination, false);
        say(vscode.l10n.t('{0} of {1}', examination.answers.size, examination.asked));
      });
    });
    await reports.show(report);
    await shown;
    update(last, true);
    await reports.show(report);
    logger.info('The doctor has finished');
    void offerCopy(() => text);
  }

  return { handlers: { 'reaper.doctor': run }, dispose: () => store.dispose() };
}

async function environmentOf(options: DoctorOptions): Promise<readonly ReportSection[]> {
  const { context, configuration, privacy } = options;
  const { version } = context.extension.packageJSON as { readonly version: string };
  const surroundings = {
    version,
    settings: configuration.settings,
    settingProblems: () => [...configuration.source.problems().map(settingProblemText), ...privacy.problems()],
    tomlFiles: configuration.tomlFiles,
  };
  return [await accountsSection(configuration.signIn), ...(await environmentSections(surroundings))];
}

async function offerCopy(text: () => string): Promise<void> {
  const copy = vscode.l10n.t('Copy Report');
  const preview = vscode.l10n.t('Show Preview');
  const message = vscode.l10n.t('The report is complete. Keys and passwords are left out.');
  const chosen = await vscode.window.showInformationMessage(message, copy, preview);
  if (chosen === copy) {
    await vscode.env.clipboard.writeText(text());
  } else if (chosen === preview) {
    await vscode.commands.executeCommand('markdown.showPreview');
  }
}
