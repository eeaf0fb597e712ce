/** How often the context stays the same, word for word, while somebody writes on: servers then reuse what they computed. */
import { gatherContext } from '../../src/completion/context/gather-context.ts';
import type { DocumentView } from '../../src/editor/document.ts';
import { createStage, textDocument, useTexts } from './designs.ts';
import type { Target } from './targets.ts';
import type { Tree } from './trees.ts';

const LINES = 30;
const PATIENT_MS = 30_000;

/** One value per step from line to line: whether the context is that of the line before. */
export async function measureStability(
  tree: Tree,
  targets: readonly Target[],
  budgetTokens: number,
): Promise<readonly boolean[]> {
  useTexts(tree);
  const stage = createStage(tree);
  const never = new AbortController().signal;
  const same: boolean[] = [];
  for (const { file, line, openTabs } of targets) {
    stage.openTabs = openTabs.map((path) => textDocument(path, tree.files.get(path)?.text ?? '', 'typescript'));
    const lines = file.text.split(/\r?\n/);
    let before: string | undefined;
    for (let current = line; current < Math.min(lines.length, line + LINES); current++) {
      // Written from the top: what follows is not there yet.
      const document: DocumentView = textDocument(file.path, lines.slice(0, current + 1).join('\n'), 'typescript');
      const position = { line: current, character: document.lineAt(current).length };
      const snippets = await gatherContext(
        { document, position, budgetTokens, deadlineMs: PATIENT_MS },
        stage.sources,
        never,
      );
      const text = JSON.stringify(snippets);
      if (before !== undefined) {
        same.push(text === before);
      }
      before = text;
    }
    stage.sources.remembered.clear();
  }
  stage.dispose();
  return same;
}
