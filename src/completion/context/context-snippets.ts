/** What was chosen, as snippets of a prompt: allowed files only, without secrets, in a stable order. */
import type { SlicedWork } from '../../codebase/background.ts';
import type { CodeWindow } from '../../codebase/open-files.ts';
import { slashed } from '../../codebase/source-paths.ts';
import type { ContextSnippet } from '../../router/model-request.ts';
import type { ContextSources } from './context-sources.ts';
import type { ChosenSignature } from './signature-selection.ts';
import type { SimilarWindow } from './similar-windows.ts';

type Sources = Pick<ContextSources, 'privacy' | 'workspace'>;

/** One snippet per file, its declarations in the order of the file. */
export function signatureSnippets(chosen: readonly ChosenSignature[], sources: Sources): readonly ContextSnippet[] {
  const { workspace, privacy } = sources;
  const order = ({ candidate: { symbols, declaration } }: ChosenSignature): number =>
    symbols.declarations.indexOf(declaration);
  return [...Map.groupBy(chosen, ({ candidate }) => candidate.symbols.path)]
    .filter(([, [first]]) => first !== undefined && privacy.mayRead(first.candidate.symbols.uri).allowed)
    .map(([path, signatures]) => {
      const texts = signatures.toSorted((a, b) => order(a) - order(b)).map(({ text }) => text.text);
      return { path: workspace.relativePath(path), text: privacy.withoutSecrets(texts.join('\n')) };
    })
    .toSorted(byPath);
}

export function windowSnippets(chosen: readonly SimilarWindow[], sources: Sources): readonly ContextSnippet[] {
  const { privacy, workspace } = sources;
  return chosen
    .filter(({ file }) => privacy.mayRead(file.uri).allowed)
    .map((similar) => ({
      path: workspace.relativePath(slashed(similar.file.path)),
      text: shownText(similar, sources),
    }))
    .toSorted(byPath);
}

/** Looks for secrets in windows that may be chosen, so that it is done when they are. */
export function* prepareWindows(similar: readonly SimilarWindow[], sources: Sources): SlicedWork<undefined> {
  for (const candidate of similar) {
    shownText(candidate, sources);
    yield;
  }
  return undefined;
}

interface Shown {
  readonly above: CodeWindow | undefined;
  readonly below: CodeWindow | undefined;
  readonly text: string;
}

const shown = new WeakMap<CodeWindow, Shown>();

/** The window without secrets; one may begin in the window above or go on in the one below. */
function shownText({ file, window }: SimilarWindow, { privacy }: Sources): string {
  const at = file.windows.indexOf(window);
  const above = file.windows[at - 1];
  const below = file.windows[at + 1];
  const known = shown.get(window);
  if (known !== undefined && known.above === above && known.below === below) {
    return known.text;
  }
  const before = above === undefined ? '' : `${above.text}\n`;
  const whole = `${before}${window.text}\n${below?.text ?? ''}`;
  const text = privacy.withoutSecretsIn(whole, before.length, before.length + window.text.length);
  shown.set(window, { above, below, text });
  return text;
}

function byPath(a: ContextSnippet, b: ContextSnippet): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
