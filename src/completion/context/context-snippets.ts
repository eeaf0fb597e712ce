/** What was chosen, as snippets of a prompt: allowed files only, without secrets, in a stable order. */
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

export function windowSnippets(
  chosen: readonly SimilarWindow[],
  { privacy, workspace }: Sources,
): readonly ContextSnippet[] {
  return chosen
    .filter(({ file }) => privacy.mayRead(file.uri).allowed)
    .map(({ file, window }) => {
      // A secret may begin in the window above or go on in the one below.
      const at = file.windows.indexOf(window);
      const above = at > 0 ? `${file.windows[at - 1]?.text ?? ''}\n` : '';
      const below = `\n${file.windows[at + 1]?.text ?? ''}`;
      const end = above.length + window.text.length;
      return {
        path: workspace.relativePath(slashed(file.path)),
        text: privacy.withoutSecretsIn(above + window.text + below, above.length, end),
      };
    })
    .toSorted(byPath);
}

function byPath(a: ContextSnippet, b: ContextSnippet): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
