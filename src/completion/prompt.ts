/** Third stage: the text around the cursor and the context as one model input, within a token budget and without secrets. */
import { type DocumentView, readWindow } from '../editor/document.ts';
import type { Privacy } from '../privacy/privacy.ts';
import type { ContextSnippet, FimInput } from '../router/model-request.ts';
import type { Situation } from './situation.ts';

/** Characters per token of source code; o200k counts 3.2 to 3.9 on the languages tried, and a budget need not be exact. */
const CHARACTERS_PER_TOKEN = 3.5;
/** What is left for prefix and suffix when there is context (design of `facts`: signatures 1,000 and windows of the rest). */
const PREFIX_SHARE = 0.45;
const SUFFIX_SHARE = 0.15;
/** The window starts anew at this share of its budget, so that it grows for a while before its start moves again. */
const FRESH_SHARE = 0.7;

/**
 * Where the prefix of a document's prompts starts. It stays at one line as long as the budget holds, so that consecutive
 * prompts share their beginning and the server's prefix cache stays warm.
 */
export class PrefixWindow {
  #firstLine = 0;

  startLine(document: DocumentView, cursorLine: number, budget: number): number {
    let size = 0;
    let line = cursorLine - 1;
    const fresh = budget * FRESH_SHARE;
    let freshLine = cursorLine;
    for (; line >= 0; line--) {
      size += document.lineAt(line).length + 1;
      if (size > budget) {
        break;
      }
      if (size <= fresh) {
        freshLine = line;
      }
    }
    const lowest = line + 1;
    if (lowest === 0) {
      this.#firstLine = 0;
    } else if (this.#firstLine < lowest || this.#firstLine > freshLine) {
      this.#firstLine = freshLine;
    }
    return this.#firstLine;
  }
}

export interface PromptOptions {
  /** Workspace-relative. */
  readonly path: string;
  readonly promptTokens: number;
  readonly snippets: readonly ContextSnippet[];
  /** Text that is taken as typed already: the suggestion behind which is looked ahead. */
  readonly assumed: string;
}

export function contextTokens(promptTokens: number): number {
  return Math.floor(promptTokens * (1 - PREFIX_SHARE - SUFFIX_SHARE));
}

export function buildPrompt(
  situation: Situation,
  window: PrefixWindow,
  privacy: Privacy,
  options: PromptOptions,
): FimInput {
  const { document, position } = situation;
  const prefixBudget = Math.floor(options.promptTokens * PREFIX_SHARE * CHARACTERS_PER_TOKEN);
  const suffixBudget = Math.floor(options.promptTokens * SUFFIX_SHARE * CHARACTERS_PER_TOKEN);
  const startLine = window.startLine(document, position.line, prefixBudget);
  const lines: string[] = [];
  for (let line = startLine; line < position.line; line++) {
    lines.push(document.lineAt(line));
  }
  const typed = document.lineAt(position.line).slice(0, position.character).slice(-prefixBudget);
  const entry = situation.entry;
  lines.push(entry === undefined ? typed : typed.slice(0, typed.length - entry.replaces) + entry.text);
  const suffix = readWindow(document, position, 0, suffixBudget).after;
  return {
    type: 'fim',
    path: options.path,
    language: document.languageId,
    prefix: privacy.withoutSecrets(lines.join('\n') + options.assumed),
    suffix: privacy.withoutSecrets(suffix),
    snippets: options.snippets,
  };
}
