/** Shows what is wrong with the `reaper.toml` files where it stands, and says so once; loaded when anything is. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { Logger } from '../base/logger.ts';
import type { TomlFault, TomlProblem } from '../config/toml/toml-problem.ts';
import type { TomlFiles } from './reaper-toml.ts';
import { tomlProblemText } from './toml-problem-text.ts';

export type ProblemSource = Pick<TomlFiles, 'problems' | 'onDidChange'>;

export function followTomlProblems(files: ProblemSource, logger: Logger): Disposable {
  const store = new DisposableStore();
  const collection = store.add(vscode.languages.createDiagnosticCollection('reaper'));
  let told = new Set<string>();

  const update = (): void => {
    const problems = files.problems();
    collection.clear();
    for (const path of new Set(problems.map((problem) => problem.path))) {
      collection.set(vscode.Uri.file(path), problems.filter((problem) => problem.path === path).map(diagnosticOf));
    }
    const serious = problems.filter(({ fault }) => severityOf(fault) !== vscode.DiagnosticSeverity.Information);
    const news = serious.filter((problem) => !told.has(placedText(problem)));
    told = new Set(serious.map(placedText));
    for (const problem of news) {
      logger.warn(placedText(problem));
    }
    const [first] = news;
    if (first !== undefined) {
      void tell(first, news.length - 1);
    }
  };

  update();
  store.add(files.onDidChange(update));
  return store;
}

async function tell(problem: TomlProblem, more: number): Promise<void> {
  const open = vscode.l10n.t('Open File');
  const text = `${basename(problem.path)}, ${placeText(problem)}: ${tomlProblemText(problem.fault)}`;
  const message = more > 0 ? `${text} ${vscode.l10n.t('({0} more in the Problems view.)', more)}` : text;
  if ((await vscode.window.showWarningMessage(message, open)) === open) {
    const document = await vscode.workspace.openTextDocument(problem.path);
    await vscode.window.showTextDocument(document, { selection: rangeOf(problem) });
  }
}

/** For the log: the file in full, the place, what is wrong. */
export function placedText(problem: TomlProblem): string {
  return `${problem.path}, ${placeText(problem)}: ${tomlProblemText(problem.fault)}`;
}

function placeText({ position }: TomlProblem): string {
  return vscode.l10n.t('line {0}, column {1}', position.line, position.column);
}

function diagnosticOf(problem: TomlProblem): vscode.Diagnostic {
  const { fault } = problem;
  const diagnostic = new vscode.Diagnostic(rangeOf(problem), tomlProblemText(fault), severityOf(fault));
  diagnostic.source = 'Reaper';
  diagnostic.code = fault.type;
  return diagnostic;
}

/** To the end of the line: what is wrong is a key with its value. */
function rangeOf({ position }: TomlProblem): vscode.Range {
  const line = Math.max(0, position.line - 1);
  return new vscode.Range(line, Math.max(0, position.column - 1), line, Number.MAX_SAFE_INTEGER);
}

function severityOf(fault: TomlFault): vscode.DiagnosticSeverity {
  switch (fault.type) {
    case 'unknown-key':
      return vscode.DiagnosticSeverity.Warning;
    case 'editor-decides':
    case 'without-effect':
      return vscode.DiagnosticSeverity.Information;
    default:
      return vscode.DiagnosticSeverity.Error;
  }
}
