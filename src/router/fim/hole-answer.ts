/** Taking the completion out of what a chat model answered: tags, fences, preamble, reasoning and echoes go, the rest streams on. */
import type { FimInput } from '../model-request.ts';
import { type TextFilter, stopFilter } from '../wire/text-filter.ts';
import { echoFilter } from './echo.ts';
import { CLOSING_TAG, OPENING_TAG } from './hole-filler.ts';

// How models that think aloud mark it.
const REASONING_TAGS = ['think', 'thinking', 'reasoning', 'thought'];
const REASONING_OPENINGS = REASONING_TAGS.map((tag) => `<${tag}>`);
// A first line of prose before the code, as chat models write it in spite of all rules.
const PREAMBLE =
  /^(?:sure|certainly|of course|okay|ok|here(?:'s| is| are)|the (?:complet|missing|text|code)|this is|i(?:'ll)? |to complete|below|answer)[\s,!:\w].*[:.!]\s*$|^answer:\s*$/i;
const FENCE = /^(?:```|~~~)[^\n`]*\n/;
// Where a fence may be what the user wants.
const FENCED_LANGUAGES: ReadonlySet<string> = new Set(['markdown', 'mdx', 'quarto', 'rmd', 'prompt', 'instructions']);
// Longer than any opening line of a fence or of a preamble; more text without a line break is code.
const MAX_FIRST_LINE_CHARACTERS = 400;

/**
 * Text is held back only while it may still be something that is to go: an opening, a first line without a tag, an echo.
 * A chat model that keeps to its rules loses no character and no time.
 */
export function holeAnswerFilter(input: Pick<FimInput, 'prefix' | 'language'>): TextFilter {
  const echo = echoFilter(input.prefix);
  const fences = !FENCED_LANGUAGES.has(input.language);
  let stage: 'opening' | 'inside' = 'opening';
  let held = '';
  let closing: TextFilter | undefined;

  /** Looks for the beginning of the completion in what has come so far; `undefined`: more is needed. */
  function open(isEnd: boolean): string | undefined {
    for (;;) {
      const begun = beginOf(held, fences, isEnd);
      switch (begun.type) {
        case 'more':
          return undefined;
        case 'drop':
          held = held.slice(begun.length);
          continue;
        case 'begin': {
          closing = stopFilter(begun.closings);
          stage = 'inside';
          const rest = held.slice(begun.length);
          held = '';
          return rest;
        }
      }
    }
  }

  return {
    push(text) {
      let body: string | undefined = text;
      if (stage === 'opening') {
        held += text;
        body = open(false);
      }
      return body === undefined || closing === undefined ? '' : echo.push(closing.push(body));
    },
    end() {
      let rest = '';
      if (stage === 'opening') {
        const body = open(true);
        rest = body === undefined || closing === undefined ? '' : closing.push(body);
      }
      const tail = closing === undefined || closing.ended ? '' : closing.end();
      return echo.push(rest + tail) + echo.end();
    },
    get ended() {
      return closing?.ended === true;
    },
  };
}

type Beginning =
  | { readonly type: 'more' }
  | { readonly type: 'drop'; readonly length: number }
  | { readonly type: 'begin'; readonly length: number; readonly closings: readonly string[] };

function beginOf(text: string, fences: boolean, isEnd: boolean): Beginning {
  const blank = text.length - text.trimStart().length;
  const start = text.slice(blank);

  const reasoning = REASONING_OPENINGS.find((opening) => start.startsWith(opening));
  if (reasoning !== undefined) {
    const close = reasoning.replace('<', '</');
    const at = text.indexOf(close);
    if (at !== -1) return { type: 'drop', length: at + close.length };
    // A thought that never ended: nothing of it is code.
    return isEnd ? { type: 'drop', length: text.length } : { type: 'more' };
  }

  const tag = text.indexOf(OPENING_TAG);
  if (tag !== -1) return insideTag(text, tag + OPENING_TAG.length, fences, isEnd);

  if (start === '') return isEnd ? { type: 'begin', length: text.length, closings: [] } : { type: 'more' };
  const mayBecome = [OPENING_TAG, ...REASONING_OPENINGS, ...(fences ? ['```', '~~~'] : [])];
  if (!isEnd && mayBecome.some((opening) => opening.startsWith(start))) return { type: 'more' };

  if (fences && /^(?:```|~~~)/.test(start)) {
    const fence = FENCE.exec(start);
    if (fence !== null) return { type: 'begin', length: blank + fence[0].length, closings: closingsOf(fence[0]) };
    return isEnd ? { type: 'drop', length: text.length } : { type: 'more' };
  }

  // No tag yet: the first line decides between prose and code.
  const lineEnd = start.indexOf('\n');
  if (lineEnd === -1 && !isEnd && start.length <= MAX_FIRST_LINE_CHARACTERS) return { type: 'more' };
  const line = lineEnd === -1 ? start : start.slice(0, lineEnd);
  if (PREAMBLE.test(line)) return { type: 'drop', length: blank + (lineEnd === -1 ? line.length : lineEnd + 1) };
  return { type: 'begin', length: 0, closings: [CLOSING_TAG, ...(fences ? ['\n```'] : [])] };
}

/** After the opening tag: a fence inside it is taken off too. */
function insideTag(text: string, from: number, fences: boolean, isEnd: boolean): Beginning {
  const body = text.slice(from);
  const plain: Beginning = { type: 'begin', length: from, closings: [CLOSING_TAG] };
  if (!fences) return plain;
  const blank = body.length - body.trimStart().length;
  const start = body.slice(blank);
  if (start.startsWith('```')) {
    const fence = FENCE.exec(start);
    if (fence !== null) {
      return {
        type: 'begin',
        length: from + blank + fence[0].length,
        closings: [CLOSING_TAG, ...closingsOf(fence[0])],
      };
    }
    return isEnd || start.length > MAX_FIRST_LINE_CHARACTERS ? plain : { type: 'more' };
  }
  return !isEnd && '```'.startsWith(start) ? { type: 'more' } : plain;
}

function closingsOf(fence: string): readonly string[] {
  const mark = fence.slice(0, 3);
  return [`\n${mark}`, CLOSING_TAG];
}
