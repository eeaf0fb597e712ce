/** Third stage: the text around the cursor and the context as one model input, within a token budget and without secrets. */
import { type DocumentView, type Position, readWindow } from '../editor/document.ts';
import type { Privacy } from '../privacy/privacy.ts';
import { WINDOW_MARGIN } from '../privacy/secrets.ts';
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

  /** The line to start at, so that the text up to the cursor has at most `budget` characters. */
  startLine(document: DocumentView, cursor: Position, budget: number): number {
    let size = cursor.character;
    let line = cursor.line - 1;
    const fresh = budget * FRESH_SHARE;
    let freshLine = cursor.line;
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
  const { document, position, entry, range } = situation;
  const prefixBudget = Math.floor(options.promptTokens * PREFIX_SHARE * CHARACTERS_PER_TOKEN);
  const suffixBudget = Math.floor(options.promptTokens * SUFFIX_SHARE * CHARACTERS_PER_TOKEN);
  // More than is sent, so that a secret is known as one that the cursor or the edge of a window cuts in two.
  const { before } = readWindow(document, position, prefixBudget + WINDOW_MARGIN, 0);
  const { after } = readWindow(document, range.end, 0, suffixBudget + WINDOW_MARGIN);
  const kept = before.slice(0, before.length - (entry?.replaces ?? 0));
  const startLine = window.startLine(document, position, prefixBudget);
  const start = afterHalfPair(before, startOfLine(before, position.line - startLine, prefixBudget));
  const end = readWindow(document, range.end, 0, suffixBudget).after.length;
  const text = kept + (entry?.text ?? '') + options.assumed + after;
  const cursor = text.length - after.length;
  return {
    type: 'fim',
    path: options.path,
    language: document.languageId,
    prefix: secretFree(privacy, text, start, cursor),
    suffix: secretFree(privacy, text, cursor, cursor + beforeHalfPair(after, end)),
    snippets: options.snippets,
  };
}

/** Where the line begins that stands `linesUp` above the end of the text; for a line that is too long, its last part. */
function startOfLine(text: string, linesUp: number, maxCharacters: number): number {
  let start = text.lastIndexOf('\n') + 1;
  for (let up = 0; up < linesUp; up++) {
    start = start < 2 ? 0 : text.lastIndexOf('\n', start - 2) + 1;
  }
  return Math.max(start, text.length - maxCharacters);
}

function secretFree(privacy: Privacy, text: string, start: number, end: number): string {
  return privacy.withoutSecretsIn?.(text, start, end) ?? privacy.withoutSecrets(text.slice(start, end));
}

const LOW_SURROGATE = /^[\uDC00-\uDFFF]/;

function afterHalfPair(text: string, at: number): number {
  return LOW_SURROGATE.test(text.slice(at, at + 1)) ? at + 1 : at;
}

function beforeHalfPair(text: string, at: number): number {
  return LOW_SURROGATE.test(text.slice(at, at + 1)) ? at - 1 : at;
}
