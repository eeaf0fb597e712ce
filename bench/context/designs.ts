/** Ways to gather context, each from the same place: our own, parts of it, and reference designs of our own making. */
import { estimateTokenCount } from 'tokenx';
import { systemClock } from '../../src/base/clock.ts';
import { Emitter } from '../../src/base/event.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { type ContextSources, createContextSources } from '../../src/completion/context/context-sources.ts';
import { gatherContext } from '../../src/completion/context/gather-context.ts';
import type { DocumentView } from '../../src/editor/document.ts';
import { createPrivacy } from '../../src/privacy/create-privacy.ts';
import type { Target } from './targets.ts';
import type { Tree } from './trees.ts';

export interface Gathered {
  readonly text: string;
  readonly tokens: number;
  readonly elapsedMs: number;
}

export type Design = (target: Target) => Promise<Gathered>;

export interface DesignSet {
  readonly designs: Readonly<Record<string, Design>>;
  dispose(): void;
}

/** What a measurement may wait: the question is what is found, not when. */
const PATIENT_MS = 30_000;
/** The best counts: what other programs take of the processor is not ours. */
const TRIES = 3;

export function designsFor(tree: Tree): DesignSet {
  const stages: Stage[] = [];
  const stage = (): Stage => {
    const created = createStage(tree);
    stages.push(created);
    return created;
  };
  const heads = (target: Target): Promise<Gathered> => {
    const texts = target.openTabs.slice(0, 5).map((path) => (tree.files.get(path)?.text ?? '').slice(0, 400));
    return Promise.resolve(gathered(texts.join('\n'), 0));
  };
  return {
    designs: {
      none: () => Promise.resolve(gathered('', 0)),
      'heads of recent files': heads,
      'Jaccard windows, top 4': (target) => Promise.resolve(gathered(plainJaccard(target, tree), 0)),
      'signatures only, 1000': ours(stage(), 2_000, 'signatures'),
      'windows only': ours(stage(), 2_600, 'windows'),
      'Reaper, 1000 tokens': ours(stage(), 1_000, 'all'),
      'Reaper, 2600 tokens': ours(stage(), 2_600, 'all'),
    },
    dispose: () => stages.forEach((created) => created.dispose()),
  };
}

export interface Stage {
  readonly sources: ContextSources;
  openTabs: readonly DocumentView[];
  dispose(): void;
}

export function createStage(tree: Tree): Stage {
  const silent = { onFileChanged: new Emitter<never>().event, onFoldersChanged: new Emitter<void>().event };
  const folders = [tree.folder];
  const relativePath = (path: string): string => path.slice(tree.folder.length + 1);
  const privacy = createPrivacy({
    // Installed packages are ignored by the project that installs them, so their own rules alone count here.
    workspace: { ...silent, folders },
    settings: () => ({ localOnly: false, localHosts: [], excludedFiles: [] }),
    clock: systemClock,
    reader: { readText: async () => undefined, exists: async () => false, realPath: async (path) => path },
    homeFolder: undefined,
  });
  const stage: Stage = {
    sources: createContextSources({
      openDocuments: { list: () => stage.openTabs },
      workspace: { ...silent, folders, relativePath },
      privacy,
      clock: systemClock,
      logger: silentLogger,
    }),
    openTabs: [],
    dispose: () => {
      stage.sources.dispose();
      privacy.dispose();
    },
  };
  return stage;
}

function ours(stage: Stage, budgetTokens: number, parts: 'all' | 'signatures' | 'windows'): Design {
  const never = new AbortController().signal;
  return async (target) => {
    stage.openTabs = parts === 'signatures' ? [] : target.openTabs.map((path) => documentOf(path, stage));
    const document = truncated(target, parts === 'windows' ? 'plaintext' : 'typescript');
    const position = { line: target.line, character: target.character };
    const query = { document, position, budgetTokens };
    stage.sources.remembered.clear();
    // A first question brings everything into the caches, as opening the file does. What is found is judged by it alone,
    // so that a busy machine does not change it.
    const snippets = await gatherContext({ ...query, deadlineMs: PATIENT_MS }, stage.sources, never);
    const text = snippets.map((snippet) => snippet.text).join('\n');
    let elapsedMs = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      stage.sources.remembered.clear();
      const begun = performance.now();
      await gatherContext(query, stage.sources, never);
      elapsedMs = Math.min(elapsedMs, performance.now() - begun);
    }
    return gathered(text, elapsedMs);
  };
}

const documents = new WeakMap<Stage, Map<string, DocumentView>>();

function documentOf(path: string, stage: Stage): DocumentView {
  const known = documents.get(stage) ?? new Map<string, DocumentView>();
  documents.set(stage, known);
  let document = known.get(path);
  if (document === undefined) {
    document = textDocument(path, readText(path), 'typescript');
    known.set(path, document);
  }
  return document;
}

let texts: ReadonlyMap<string, string> = new Map();

/** The texts that documents are made of. */
export function useTexts(tree: Tree): void {
  texts = new Map([...tree.files].map(([path, { text }]) => [path, text]));
}

function readText(path: string): string {
  return texts.get(path) ?? '';
}

export function textDocument(path: string, text: string, languageId: string): DocumentView {
  const lines = text.split(/\r?\n/);
  return {
    uri: `file://${encodeURI(path)}`,
    path,
    languageId,
    version: 1,
    eol: '\n',
    lineCount: lines.length,
    lineAt: (line) => lines[line] ?? '',
  };
}

/** The file as it is while the name is not yet written: the line ends behind the dot. */
function truncated(target: Target, languageId: string): DocumentView {
  const lines = target.file.text.split(/\r?\n/);
  lines[target.line] = (lines[target.line] ?? '').slice(0, target.character);
  return textDocument(target.file.path, lines.join('\n'), languageId);
}

function gathered(text: string, elapsedMs: number): Gathered {
  return { text, tokens: estimateTokenCount(text), elapsedMs };
}

/** Fixed windows of 60 lines, plain Jaccard similarity of their words, one per file. */
function plainJaccard(target: Target, tree: Tree): string {
  const wordsOf = (text: string): ReadonlySet<string> => new Set(text.match(/[A-Za-z_$][\w$]+/g));
  const lines = target.file.text.split('\n');
  const reference = wordsOf(lines.slice(Math.max(0, target.line - 59), target.line).join('\n'));
  const best = target.openTabs.map((path) => {
    const own = (tree.files.get(path)?.text ?? '').split('\n');
    let top = { score: 0, text: '' };
    for (let first = 0; first < own.length; first += 60) {
      const text = own.slice(first, first + 60).join('\n');
      const words = wordsOf(text);
      const both = [...words].filter((word) => reference.has(word)).length;
      const score = both / (words.size + reference.size - both);
      top = score > top.score ? { score, text } : top;
    }
    return top;
  });
  return best
    .toSorted((a, b) => b.score - a.score)
    .slice(0, 4)
    .map(({ text }) => text)
    .join('\n');
}
