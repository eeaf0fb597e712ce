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

const { grammarFolder } = workerData as SyntaxWorkerData;
const languages = new Map<string, Promise<Language>>();
const failed = new Set<string>();
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
    return { id, facts: decideByText(query), problem: undefined };
  }
  try {
    return { id, facts: await decide(file, query), problem: undefined };
  } catch (error) {
    failed.add(file);
    return { id, facts: decideByText(query), problem: `${file}: ${errorMessage(error)}` };
  }
}

async function decide(file: string, query: SyntaxQuery): Promise<SyntaxFacts> {
  runtime ??= startRuntime();
  const parser = await runtime;
  let language = languages.get(file);
  if (language === undefined) {
    language = Language.load(join(grammarFolder, file));
    languages.set(file, language);
  }
  parser.setLanguage(await language);
  const tree = parser.parse(query.before + query.after);
  if (tree === null) {
    return decideByText(query);
  }
  try {
    return decideByTree(tree, query);
  } finally {
    tree.delete();
    parser.reset();
  }
}

async function startRuntime(): Promise<Parser> {
  // Read here, so that a missing file is an error like any other and not a message of the runtime on the console.
  await Parser.init({ wasmBinary: await readFile(join(grammarFolder, RUNTIME_FILE)) });
  return new Parser();
}
