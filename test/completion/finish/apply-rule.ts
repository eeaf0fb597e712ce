/** One rule alone, on a document with `█` at the cursor. */
import { type Draft, type Verdict, draftOf, linesText } from '../../../src/completion/finish/draft.ts';
import type { FinishContext } from '../../../src/completion/finish/finish.ts';
import type { LineRule } from '../../../src/completion/finish/line-rule.ts';
import { sceneOf } from '../../../src/completion/finish/scene.ts';
import type { SpanRule } from '../../../src/completion/finish/span.ts';
import { markedText } from '../syntax/marked-text.ts';

export interface RuleOptions {
  readonly language?: string;
  readonly mode?: FinishContext['mode'];
  readonly unit?: string;
  readonly maxLines?: number;
  /** Whether more of the answer may come. */
  readonly more?: true;
}

export function contextFor(document: string, options: RuleOptions = {}): FinishContext {
  const { language = 'typescript', mode = 'block', unit = '  ', maxLines = 20 } = options;
  return { languageId: language, ...markedText(document), mode, indentUnit: unit, maxLines };
}

/** The text that the rule leaves, or `(wait)`, or `(nothing)`. */
export function applyRule(rule: LineRule, document: string, model: string, options: RuleOptions = {}): string {
  const draft = draftOf(model, 0, model.length, options.more === undefined);
  return textOf(rule(draft, sceneOf(contextFor(document, options))));
}

/** The part of the model's text that the rule leaves, or `(wait)`, or `(nothing)`. */
export function applySpanRule(rule: SpanRule, document: string, model: string, options: RuleOptions = {}): string {
  const ended = options.more === undefined;
  const span = rule(
    { type: 'span', raw: model, from: 0, to: model.length, ended },
    sceneOf(contextFor(document, options)),
  );
  return span.type === 'span' ? model.slice(span.from, span.to) : `(${span.type})`;
}

function textOf(result: Draft | Verdict): string {
  if (result.type !== 'draft') {
    return `(${result.type})`;
  }
  return linesText(result.lines) + (result.restIndent === undefined ? '' : `\n${result.restIndent}`);
}
