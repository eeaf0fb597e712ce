/** The status bar item: state and model at a glance; a click opens the menu. */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { CommandId } from '../config/commands.ts';
import type { StatusSource } from './status-source.ts';
import { type StatusText, statusText } from './status-text.ts';

/** Most answers are there sooner; an icon that flickers at every key would be noise, and a message to the window. */
const SHOW_WORKING_AFTER_MS = 250;
/** Right of the language, where other completion extensions stand; larger is further left. */
const PRIORITY = 100;

const LINKS: readonly (readonly [CommandId, string, () => string])[] = [
  ['reaper.selectModel', 'server', () => vscode.l10n.t('Select model')],
  ['reaper.whyNoSuggestion', 'question', () => vscode.l10n.t('Why no suggestion?')],
  ['reaper.showUsage', 'credit-card', () => vscode.l10n.t('Usage')],
  ['reaper.showLog', 'output', () => vscode.l10n.t('Log')],
];

export function registerStatusBar(source: StatusSource, clock: Clock): Disposable {
  const store = new DisposableStore();
  const item = store.add(vscode.window.createStatusBarItem('status', vscode.StatusBarAlignment.Right, PRIORITY));
  item.name = 'Reaper';
  item.command = 'reaper.showMenu' satisfies CommandId;
  let working: Disposable | undefined;
  let shown = '';

  const render = (): void => {
    const text = statusText(source.facts());
    const key = JSON.stringify(text);
    if (key !== shown) {
      shown = key;
      apply(item, text);
    }
  };
  const update = (): void => {
    if (source.facts().status.state !== 'working') {
      working?.dispose();
      working = undefined;
      render();
    } else {
      working ??= clock.setTimeout(() => {
        working = undefined;
        render();
      }, SHOW_WORKING_AFTER_MS);
    }
  };

  store.add(source.onDidChange(update));
  store.add({ dispose: () => working?.dispose() });
  render();
  item.show();
  return store;
}

function apply(item: vscode.StatusBarItem, { text, headline, details, warning }: StatusText): void {
  item.text = text;
  item.tooltip = tooltip(headline, details);
  item.accessibilityInformation = { label: [headline, ...details].join(' '), role: 'button' };
  item.backgroundColor = warning ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
}

function tooltip(headline: string, details: readonly string[]): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString('', true);
  // Problems repeat what servers said: as text, so that no server can put a link there.
  for (const line of [headline, ...details]) {
    markdown.appendText(line).appendMarkdown('\n\n');
  }
  markdown.appendMarkdown(
    LINKS.map(([command, icon, title]) => `[$(${icon}) ${title()}](command:${command})`).join(' &nbsp; '),
  );
  markdown.isTrusted = { enabledCommands: LINKS.map(([command]) => command) };
  return markdown;
}
