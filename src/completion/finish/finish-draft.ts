/** The chain of finishing rules: what a model has streamed so far goes in, the lines that may be shown come out. */
import { type BlockLimits, blockEnd } from './block-end.ts';
import { chatText } from './chat-text.ts';
import { closers } from './closers.ts';
import { codeFence } from './code-fence.ts';
import { type Draft, MAX_CHARACTERS, type Verdict, WAIT, draftOf } from './draft.ts';
import { equalsNextLine } from './equals-next-line.ts';
import { firstLine } from './first-line.ts';
import { indentation } from './indentation.ts';
import { leadingWhiteSpace } from './leading-white-space.ts';
import type { LineRule } from './line-rule.ts';
import { longLine } from './long-line.ts';
import { mergeConflict } from './merge-conflict.ts';
import { nextLines } from './next-lines.ts';
import { prefixEcho } from './prefix-echo.ts';
import { reasoningTags } from './reasoning-tags.ts';
import { repetition } from './repetition.ts';
import { restOfLine, separators } from './rest-of-line.ts';
import { rewritesLineAbove } from './rewrites-line-above.ts';
import type { Scene } from './scene.ts';
import type { Span, SpanRule } from './span.ts';
import { strayTokens } from './stray-tokens.ts';
import { trailingWhiteSpace } from './trailing-white-space.ts';
import { uselessText } from './useless-text.ts';

const SPAN_RULES: readonly SpanRule[] = [reasoningTags, strayTokens, chatText, codeFence];
const BEGINNING: readonly LineRule[] = [longLine, mergeConflict, prefixEcho, leadingWhiteSpace, indentation];
const CONTENT: readonly LineRule[] = [nextLines, repetition, closers];
const ENDING: readonly LineRule[] = [separators, trailingWhiteSpace, uselessText, equalsNextLine, rewritesLineAbove];

/** The text as lines that begin where the cursor is, the last one possibly unfinished. */
export function beginDraft(raw: string, done: boolean, scene: Scene): Draft | Verdict {
  const text = raw.length > MAX_CHARACTERS ? raw.slice(0, MAX_CHARACTERS) : raw;
  let span: Span = { type: 'span', raw: text, from: 0, to: text.length, ended: done || text !== raw };
  for (const rule of SPAN_RULES) {
    const result = rule(span, scene);
    if (result.type !== 'span') {
      return result;
    }
    span = result;
  }
  return chain(draftOf(span.raw, span.from, span.to, span.ended), BEGINNING, scene);
}

/** What of them may be shown. */
export function finishDraft(draft: Draft, scene: Scene, limits: BlockLimits): Draft | Verdict {
  const placed = restOfLine(draft, scene);
  if (placed.type !== 'draft') {
    return placed;
  }
  const bounded = scene.context.mode === 'line' ? firstLine(placed, scene) : blockEnd(placed, scene, limits);
  if (bounded.type !== 'draft') {
    return bounded;
  }
  const content = chain(bounded, CONTENT, scene);
  if (content.type !== 'draft') {
    return content;
  }
  const shown = content.end === undefined ? wholeLines(content) : content;
  return shown.lines.length === 0 && shown.end === undefined ? WAIT : chain(shown, ENDING, scene);
}

/** What ends the text whatever the mode: for streams that go on behind the text that is shown. */
export function followingDraft(draft: Draft, scene: Scene, limits: BlockLimits): Draft | Verdict {
  const bounded = blockEnd(draft, scene, limits);
  return chain(bounded, [nextLines, repetition], scene);
}

function chain(draft: Draft, rules: readonly LineRule[], scene: Scene): Draft | Verdict {
  let result = draft;
  for (const rule of rules) {
    const next = rule(result, scene);
    if (next.type !== 'draft') {
      return next;
    }
    result = next;
  }
  return result;
}

function wholeLines(draft: Draft): Draft {
  const unfinished = draft.lines.findIndex(({ complete }) => !complete);
  const lines = unfinished < 0 ? draft.lines : draft.lines.slice(0, unfinished);
  return lines.some(({ body }) => body.trim() !== '') ? { ...draft, lines } : { ...draft, lines: [] };
}
