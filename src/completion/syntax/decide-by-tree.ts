/** What a syntax tree says about the cursor; where it is broken there, the lines decide. */
import type { Node, Tree } from 'web-tree-sitter';
import { openerOf } from './block-lines.ts';
import { decideByText } from './decide-by-text.ts';
import { type LanguageRules, languageRules } from './language-rules.ts';
import { BODY_NODES, COMMENT_NODES, EMBEDDED_CODE_NODES, EXPRESSION_NODES, STRING_NODES } from './node-kinds.ts';
import type { Scope } from './scope-at.ts';
import type { SyntaxFacts, SyntaxQuery } from './syntax.ts';
import { isBlank, lastLine } from './text-lines.ts';

/** `tree` is of `query.before + query.after`. */
export function decideByTree(tree: Tree, query: SyntaxQuery): SyntaxFacts {
  const rules = languageRules(query.languageId);
  const byText = decideByText(query);
  const cursor = query.before.length;
  const scope = scopeIn(tree, cursor, rules) ?? byText.scope;
  if (scope !== 'code') {
    return { mode: 'line', scope, source: 'tree' };
  }
  const mode = modeIn(tree, query, rules) ?? byText.mode;
  return { mode, scope, source: 'tree' };
}

/** `undefined` where the tree has an error around the cursor. */
function scopeIn(tree: Tree, cursor: number, rules: LanguageRules): Scope | undefined {
  const left = tree.rootNode.descendantForIndex(Math.max(0, cursor - 1), cursor);
  for (let node = left; node !== null; node = node.parent) {
    if (EMBEDDED_CODE_NODES.has(node.type) && isInside(node, cursor)) {
      return 'code';
    }
    if (COMMENT_NODES.has(node.type)) {
      return node.startIndex < cursor && !endsBefore(node, cursor, rules) ? 'comment' : 'code';
    }
    if (STRING_NODES.has(node.type)) {
      if (isInside(node, cursor)) {
        return isDocumentation(node) ? 'comment' : 'string';
      }
      return node.hasError ? undefined : 'code';
    }
    if (node.isError) {
      return undefined;
    }
  }
  return 'code';
}

function isInside(node: Node, cursor: number): boolean {
  return node.startIndex < cursor && cursor < node.endIndex;
}

/** Behind a block comment is code; a line comment goes on at its end. */
function endsBefore(comment: Node, cursor: number, rules: LanguageRules): boolean {
  return comment.endIndex === cursor && rules.blockComments.some(([, close]) => comment.text.endsWith(close));
}

/** A string that is a statement by itself, as Python documents with. */
function isDocumentation(string: Node): boolean {
  return string.parent?.type === 'expression_statement' && /^[a-zA-Z]{0,2}(?:"""|''')/.test(string.text);
}

function modeIn(tree: Tree, query: SyntaxQuery, rules: LanguageRules): 'line' | 'block' | undefined {
  const cursor = query.before.length;
  const line = lastLine(query.before);
  const opens = isBlank(line) || openerOf(line, rules) !== undefined;
  for (let node = tree.rootNode.descendantForIndex(cursor, cursor); node !== null; node = node.parent) {
    if (node.isError) {
      return undefined;
    }
    if (!isInside(node, cursor)) {
      continue;
    }
    if (EXPRESSION_NODES.has(node.type)) {
      return 'line';
    }
    if (BODY_NODES.has(node.type)) {
      return isEmpty(node) ? (opens ? 'block' : 'line') : undefined;
    }
  }
  return undefined;
}

function isEmpty(body: Node): boolean {
  return body.namedChildren.every(
    (child) => COMMENT_NODES.has(child.type) || child.type.startsWith('jsx_') || isBlank(child.text),
  );
}
