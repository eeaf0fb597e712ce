/** Whether the cursor is in code, a comment or a string, by a scan of the text before it. */
import type { LanguageRules } from './language-rules.ts';
import { type Open, TRIPLE, isBracket, isComment } from './open.ts';
import { scan } from './scan.ts';
import { isBlank } from './text-lines.ts';
import { tailFromDefinition, windowStart } from './window-start.ts';

export type Scope = 'code' | 'comment' | 'string';

/** Text further up says little about the scope at the cursor, and the scan must stay far below a millisecond. */
const SCAN_CHARACTERS = 8192;

export interface ScopeFound {
  readonly scope: Scope;
  /** What is open at the cursor, innermost last. */
  readonly stack: readonly Open[];
}

export function scopeAt(before: string, rules: LanguageRules): ScopeFound {
  const text = tailFromDefinition(before, SCAN_CHARACTERS);
  const { stack, openedAt } = scan(text, rules, { ...windowStart(text, rules), strictFrom: text.length });
  const top = stack.at(-1);
  if (top === undefined || isBracket(top)) {
    return { scope: 'code', stack };
  }
  if (isComment(top)) {
    return { scope: 'comment', stack };
  }
  // A triple-quoted string that begins a line is documentation: the user thinks of it as a comment.
  const at = openedAt.at(-1) ?? -1;
  const documentation = top >= TRIPLE && at >= 0 && isBlank(text.slice(text.lastIndexOf('\n', at) + 1, at));
  return { scope: documentation ? 'comment' : 'string', stack };
}
