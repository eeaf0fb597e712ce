/** Gathers what other files say about the place of the cursor: signatures of imports, and similar code in open files. */
import { forkAbort } from '../../base/abort.ts';
import { isCancellation } from '../../base/errors.ts';
import type { DocumentView } from '../../editor/document.ts';
import type { ContextSnippet } from '../../router/model-request.ts';
import type { ContextQuery } from '../context-port.ts';
import type { ContextSources, Remembered } from './context-sources.ts';
import { prepareWindows, signatureSnippets, windowSnippets } from './context-snippets.ts';
import { createImportLoader } from './imported-files.ts';
import { nearbyNames } from './nearby-names.ts';
import { signatureCandidates } from './signature-candidates.ts';
import { chooseSignatures, type ChosenSignature } from './signature-selection.ts';
import { chooseWindows, type SimilarWindow, similarWindows } from './similar-windows.ts';
import { isContextFile } from './context-files.ts';

export interface TimedContextQuery extends ContextQuery {
  /** What is not ready by then is left out of this request and there for the next; 20 ms if it is not given. */
  readonly deadlineMs?: number;
}

/** A request that starts with the keystroke cannot wait longer for context without being noticed. */
const DEADLINE_MS = 20;
/** Beyond this, signatures add little (measured: `bench/context`). Windows get the rest. */
const SIGNATURE_TOKENS = 1_000;
/** Of a small budget signatures get this much, for the two kinds add up: with 1,000 tokens 0.65 and 0.8 found less. */
const SIGNATURE_SHARE = 0.5;
const MAX_WINDOWS = 4;
/** As many documents as Copilot looks at. */
const MAX_OPEN_DOCUMENTS = 20;
/** Imports, what they hand on, the types that those mention, and what hands those on. */
const MAX_ROUNDS = 5;

/** Resolves with `[]` when aborted. Snippets are in a stable order, free of secrets and of files that may not be read. */
export async function gatherContext(
  query: TimedContextQuery,
  sources: ContextSources,
  signal: AbortSignal,
): Promise<readonly ContextSnippet[]> {
  const { document, deadlineMs = DEADLINE_MS } = query;
  const before = sources.remembered.get(document.uri) ?? NOTHING;
  const gathering: Gathering = { signatures: before.signatures, similar: before.windows };
  if (!signal.aborted) {
    await withinDeadline(gatherAll(query, sources, gathering, 'soon'), deadlineMs, sources, signal);
  }
  if (signal.aborted) {
    return [];
  }
  const { signatures, similar } = gathering;
  const left = signatures.reduce((rest, { text }) => rest - text.tokens, query.budgetTokens);
  const windows = chooseWindows(similar, { count: MAX_WINDOWS, budgetTokens: left, before: before.windows });
  sources.remembered.set(document.uri, { signatures, windows });
  return [...signatureSnippets(signatures, sources), ...windowSnippets(windows, sources)];
}

/** Loads what the next request in this document will need. Never rejects; does nothing for one that may not be read. */
export async function prefetchContext(document: DocumentView, sources: ContextSources): Promise<void> {
  if (!(await sources.privacy.readAhead(document.uri)).allowed) {
    return;
  }
  const query = { document, position: { line: 0, character: 0 }, budgetTokens: SIGNATURE_TOKENS };
  await gatherAll(query, sources, { signatures: [], similar: [] }, 'idle');
}

const NOTHING: Remembered = { signatures: [], windows: [] };

/** What is chosen so far; the choice for the last request until there is a new one. */
interface Gathering {
  signatures: readonly ChosenSignature[];
  /** Of these the best that fit are taken. */
  similar: readonly SimilarWindow[];
}

/** Resolves when the work ends, the time is up or the signal is aborted; the work itself goes on, for the next request. */
async function withinDeadline(
  work: Promise<void>,
  deadlineMs: number,
  { clock }: ContextSources,
  signal: AbortSignal,
): Promise<void> {
  const abort = forkAbort(signal);
  const timer = clock.setTimeout(() => abort.abort(), deadlineMs);
  await Promise.race([
    work,
    new Promise<void>((resolve) => {
      abort.signal.addEventListener('abort', () => resolve(), { once: true });
    }),
  ]);
  timer.dispose();
  abort.dispose();
}

type Urgency = 'soon' | 'idle';

/** Never rejects: ghost text without context is better than none. */
async function gatherAll(
  query: TimedContextQuery,
  sources: ContextSources,
  gathering: Gathering,
  urgency: Urgency,
): Promise<void> {
  const signatureTokens = Math.min(SIGNATURE_TOKENS, Math.floor(query.budgetTokens * SIGNATURE_SHARE));
  const works = [
    gatherSignatures(query, signatureTokens, sources, gathering, urgency),
    gatherWindows(query, sources, gathering, urgency),
  ];
  for (const result of await Promise.allSettled(works)) {
    if (result.status === 'rejected' && !isCancellation(result.reason)) {
      sources.logger.error(
        `No context from other files for ${sources.workspace.relativePath(query.document.path)}`,
        result.reason,
      );
    }
  }
}

async function gatherSignatures(
  { document, position }: TimedContextQuery,
  budgetTokens: number,
  sources: ContextSources,
  gathering: Gathering,
  urgency: Urgency,
): Promise<void> {
  const { heads, resolver, index, background, privacy } = sources;
  const file = heads.of(document);
  if (file === undefined) {
    return;
  }
  const before = gathering.signatures.filter(
    ({ candidate: { symbols } }) => index.peek(symbols.path) === symbols && privacy.mayRead(symbols.uri).allowed,
  );
  const nearby = nearbyNames(document, position);
  const loader = createImportLoader(resolver, index, (path) => isContextFile(path, file.path, sources), urgency);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const candidates = await background.run(signatureCandidates(file, nearby, loader), urgency);
    const chosen = await background.run(chooseSignatures(candidates, nearby, budgetTokens, before), urgency);
    gathering.signatures = chosen;
    if (!(await loader.loadMissing())) {
      return;
    }
  }
}

async function gatherWindows(
  { document, position }: TimedContextQuery,
  sources: ContextSources,
  gathering: Gathering,
  urgency: Urgency,
): Promise<void> {
  const { openDocuments, openFiles, background, privacy } = sources;
  const listed = openDocuments.list().filter(({ uri }) => uri !== document.uri);
  // A tab that was just opened has not been asked about before.
  const verdicts = await Promise.all(
    listed.map(async ({ uri }) => {
      const verdict = privacy.mayRead(uri);
      return verdict.allowed ? verdict : privacy.readAhead(uri);
    }),
  );
  const others = listed.filter((_document, index) => verdicts[index]?.allowed === true).slice(0, MAX_OPEN_DOCUMENTS);
  openFiles.keepOnly(new Set(others.map(({ uri }) => uri)));
  const files = await Promise.all(
    others.map(async (other) => {
      const known = openFiles.peek(other.uri);
      return known?.version === other.version ? known : background.run(openFiles.read(other), urgency);
    }),
  );
  const similar = await background.run(similarWindows(document, position, files, openFiles), urgency);
  await background.run(prepareWindows(similar.slice(0, 2 * MAX_WINDOWS), sources), urgency);
  gathering.similar = similar;
}
