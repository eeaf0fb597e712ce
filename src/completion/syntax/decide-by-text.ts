/** The decision between one line and a block from the lines around the cursor alone, for languages without a grammar. */
import { type Opener, closesBlock, isOnlyClosers, openerOf } from './block-lines.ts';
import { type LanguageRules, languageRules } from './language-rules.ts';
import { scopeAt } from './scope-at.ts';
import type { SyntaxFacts, SyntaxQuery } from './syntax.ts';
import { columnsOf, firstLine, isBlank, lastLine, linesAbove, linesBelow, nearestText } from './text-lines.ts';

/** Lines looked at to find what the cursor stands behind; a longer function is still found by its end. */
const LINES_ABOVE = 120;
const LINES_BELOW = 20;
/** A definition shows what it is at its start; the search must stay linear. */
const MAX_HEAD = 300;
/** Only relations between lines are asked for, so any width will do. */
const TAB_WIDTH = 4;

export function decideByText(query: SyntaxQuery): SyntaxFacts {
  const rules = languageRules(query.languageId);
  if (rules.blocks === 'prose') {
    return { mode: 'line', scope: 'code', source: 'indentation' };
  }
  const { scope } = scopeAt(query.before, rules);
  const mode = scope === 'code' && wantsBlock(query, rules) ? 'block' : 'line';
  return { mode, scope, source: 'indentation' };
}

function wantsBlock({ before, after, languageId }: SyntaxQuery, rules: LanguageRules): boolean {
  const line = lastLine(before);
  const rest = firstLine(after);
  const below = nearestText(linesBelow(after, LINES_BELOW), TAB_WIDTH);
  if (!isBlank(line)) {
    return isOnlyClosers(rest) && opensStatements(line, rules, languageId) && !isDeeper(below, line);
  }
  if (!isBlank(rest)) {
    return false;
  }
  const lines = linesAbove(before, LINES_ABOVE);
  const above = nearestText(lines, TAB_WIDTH);
  if (above === undefined) {
    return false;
  }
  if (opensStatements(above.text, rules, languageId)) {
    return !isDeeper(below, above.text);
  }
  const column = columnsOf(line, TAB_WIDTH);
  // Code right below is what a comment above the cursor speaks of.
  const isTaken =
    below !== undefined && below.distance === 1 && below.columns === column && !closesBlock(below.text, rules);
  if (above.distance === 1) {
    return above.columns === column && !isTaken && describesWhatFollows(above.text, rules);
  }
  return above.columns >= column && endsDefinition(lines.slice(above.distance - 1), column, rules);
}

function opensStatements(line: string, rules: LanguageRules, languageId: string): boolean {
  const opener: Opener | undefined = openerOf(line, rules);
  return opener === 'block' && !languageId.startsWith('json');
}

function isDeeper(below: { readonly columns: number } | undefined, line: string): boolean {
  return below !== undefined && below.columns > columnsOf(line, TAB_WIDTH);
}

const DECORATOR = /^\s*(?:@[\w.]+(?:\(.*\))?|#\[.*\]|\[[A-Z]\w*(?:\(.*\))?\])\s*$/;
const DOCUMENTATION_END = /(?:\*\/|"""|''')\s*$/;

/** A comment on a line of its own, the end of a documentation comment, a decorator. */
function describesWhatFollows(line: string, rules: LanguageRules): boolean {
  const text = line.trimStart();
  return (
    rules.lineComments.some((marker) => text.startsWith(marker)) || DOCUMENTATION_END.test(text) || DECORATOR.test(text)
  );
}

const DEFINITION =
  /^\s*(?:(?:export|default|public|private|protected|internal|static|abstract|async|final|override|pub(?:\([a-z]+\))?|unsafe|virtual|open|sealed)\s+)*(?:function|class|def|defp|func|fn|fun|interface|impl|struct|trait|enum|namespace|module|@\w)/;
const METHOD = /^\s*(?:[\w<>[\],.?*&]+\s+)*[\w#$~]+\s*\([^;]*\)\s*[^;=]*\{\s*$/;
const CONTROL = /^\s*(?:\}\s*)?(?:if|for|while|switch|else|catch|try|do|with|match|loop|return)\b/;

/** Whether the lines (nearest first, beginning with text) end a function or class that began at this column. */
function endsDefinition(lines: readonly string[], column: number, rules: LanguageRules): boolean {
  const [last] = lines;
  if (last === undefined || (rules.blocks !== 'indentation' && !closesBlock(last, rules))) {
    return false;
  }
  const start = lines.findIndex(
    (text, at) => (at > 0 || rules.blocks === 'indentation') && isHead(text, column) && !closesBlock(text, rules),
  );
  const head = lines[start]?.slice(0, MAX_HEAD);
  return (
    head !== undefined &&
    (start > 0 || rules.blocks !== 'indentation') &&
    (DEFINITION.test(head) || (METHOD.test(head) && !CONTROL.test(head)))
  );
}

function isHead(text: string, column: number): boolean {
  return !isBlank(text) && columnsOf(text, TAB_WIDTH) <= column && text.trim() !== '{';
}
