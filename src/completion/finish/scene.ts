/** What the finishing rules know of the place where the text will be inserted; read once per call. */
import { type LanguageRules, languageRules } from '../syntax/language-rules.ts';
import { type Scope, scopeAt } from '../syntax/scope-at.ts';
import {
  type PlacedLine,
  columnsOf,
  firstLine,
  isBlank,
  lastLine,
  linesAbove,
  linesBelow,
  nearestText,
  tabWidthOf,
} from '../syntax/text-lines.ts';
import { type FileIndentation, fileIndentation, unitOf } from './file-indentation.ts';
import type { FinishContext } from './finish.ts';
import { type Surroundings, surroundingsOf } from './surroundings.ts';

/**
 * The text behind the cursor on its line: none, only what an editor closes by itself and separators, or text that the
 * suggestion must fit in front of.
 */
export type RestKind = 'none' | 'closing' | 'text';

export interface Scene {
  readonly context: FinishContext;
  readonly rules: LanguageRules;
  /** One level of indentation: a tab or a number of blanks. */
  readonly unit: string;
  /** Columns of one level of indentation. */
  readonly tabWidth: number;
  /** The current line up to the cursor. */
  readonly line: string;
  readonly lineIsBlank: boolean;
  /** Width of the current line's indentation. */
  readonly columns: number;
  readonly rest: string;
  readonly restKind: RestKind;
  /** The nearest line with text above and below the current one. */
  readonly above: PlacedLine | undefined;
  readonly below: PlacedLine | undefined;
  readonly surroundings: () => Surroundings;
  readonly scope: () => Scope;
  readonly file: () => FileIndentation;
}

/** Blank lines looked past to find the next line with text. */
const LINES_LOOKED_AT = 50;
const CLOSING_REST = /^(?:[\s)\]}"'`;,:{?!]|=>|\/?>|<\/[\w.:-]*>|\*\/|-->)*$/;
/** A line this long behind the cursor is text, whatever it holds. */
const MAX_REST = 400;

export function sceneOf(context: FinishContext): Scene {
  const rules = languageRules(context.languageId);
  const unit = unitOf(context);
  const tabWidth = tabWidthOf(unit);
  const line = lastLine(context.before);
  const rest = firstLine(context.after);
  let surroundings: Surroundings | undefined;
  let scope: Scope | undefined;
  let file: FileIndentation | undefined;
  return {
    context,
    rules,
    unit,
    tabWidth,
    line,
    lineIsBlank: isBlank(line),
    columns: columnsOf(line, tabWidth),
    rest,
    restKind: restKindOf(rest),
    above: nearestText(linesAbove(context.before, LINES_LOOKED_AT), tabWidth),
    below: nearestText(linesBelow(context.after, LINES_LOOKED_AT), tabWidth),
    surroundings: () => (surroundings ??= surroundingsOf(context.before, context.after, rules, tabWidth)),
    scope: () => (scope ??= scopeAt(context.before, rules).scope),
    file: () => (file ??= fileIndentation(context, rules)),
  };
}

function restKindOf(rest: string): RestKind {
  if (isBlank(rest)) {
    return 'none';
  }
  return rest.length <= MAX_REST && CLOSING_REST.test(rest) ? 'closing' : 'text';
}
