/** The syntax worker: parses the window around the cursor with tree-sitter and answers what it means for ghost text. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { Language, Parser } from 'web-tree-sitter';
import { errorMessage } from '../../base/errors.ts';
import { decideByText } from './decide-by-text.ts';
import { decideByTree } from './decide-by-tree.ts';
import { RUNTIME_FILE, grammarFile } from './grammars.ts';
import type { SyntaxFacts, SyntaxQuery } from './syntax.ts';
import type { SyntaxReply, SyntaxRequest, SyntaxWorkerData } from './worker-messages.ts';

/** A user works in one or two languages at a time; each grammar holds about 10 MB that cannot be given back. */
const MAX_LANGUAGES = 2;
/** Trees of windows need far less; WebAssembly memory grows and never shrinks. 64 KB each. */
const INITIAL_PAGES = 512;
const WORN_PAGES = 640;
const MAX_PAGES = 1024;
/** Broken text can take long; by then nobody waits for the answer any more. */
const MAX_PARSE_MS = 150;

const { grammarFolder } = workerData as SyntaxWorkerData;
const languages = new Map<string, Promise<Language>>();
const failed = new Set<string>();
const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAX_PAGES });
let runtime: Promise<Parser> | undefined;
let queue: Promise<void> = Promise.resolve();

parentPort?.on('message', (request: SyntaxRequest) => {
  // One after the other: loading a grammar is asynchronous, and there is one parser.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  queue = queue.then(async () => parentPort?.postMessage(await answer(request)));
});

async function answer({ id, query }: SyntaxRequest): Promise<SyntaxReply> {
  const file = grammarFile(query.languageId);
  if (file === undefined || failed.has(file)) {
    return { id, facts: decideByText(query), worn: false, problem: undefined };
  }
  let language: Language | undefined;
  try {
    const parser = await (runtime ??= startRuntime());
    language = await load(file);
    const facts = decide(parser, language, query);
    const worn = languages.size > MAX_LANGUAGES || memory.buffer.byteLength > WORN_PAGES * PAGE_BYTES;
    return { id, facts, worn, problem: undefined };
  } catch (error) {
    // A grammar that cannot be loaded is not tried again; a runtime that failed while it parsed is of no more use.
    const worn = language !== undefined;
    if (!worn) {
      failed.add(file);
    }
    return { id, facts: decideByText(query), worn, problem: `${file}: ${errorMessage(error)}` };
  }
}

const PAGE_BYTES = 65_536;

function load(file: string): Promise<Language> {
  let language = languages.get(file);
  if (language === undefined) {
    language = readFile(join(grammarFolder, file)).then((bytes) => Language.load(bytes));
    languages.set(file, language);
  }
  return language;
}

function decide(parser: Parser, language: Language, query: SyntaxQuery): SyntaxFacts {
  parser.setLanguage(language);
  const startedAt = performance.now();
  const tree = parser.parse(query.before + query.after, null, {
    progressCallback: () => performance.now() - startedAt > MAX_PARSE_MS,
  });
  try {
    return tree === null ? decideByText(query) : decideByTree(tree, query);
  } finally {
    tree?.delete();
    parser.reset();
  }
}

async function startRuntime(): Promise<Parser> {
  // Read here, so that a missing file is an error like any other and not a message of the runtime on the console.
  await Parser.init({ wasmBinary: await readFile(join(grammarFolder, RUNTIME_FILE)), wasmMemory: memory });
  return new Parser();
}
