/** The rules of one ignore file, in gitignore syntax. */
import ignore from 'ignore';

export interface IgnoreRules {
  /** As it is shown: `.gitignore`, `packages/a/.reaperignore`. */
  readonly source: string;
  /** What the rules say of a path below their folder; a folder's path ends with `/`. `pattern` is the rule that ignores it. */
  test(path: string): RuleVerdict;
  /** The same rules, but a folder that another file lets in again is no longer ignored; what is in it is judged by itself. */
  letIn(folder: string): IgnoreRules;
}

export type RuleVerdict =
  { readonly type: 'silent' } | { readonly type: 'ignored'; readonly pattern: string } | { readonly type: 'unignored' };

/** `ignore` remembers every path it was asked about; this many keep it at a few megabytes. */
const MAX_REMEMBERED = 20_000;

export function createIgnoreRules(text: string, source: string, ignoreCase: boolean): IgnoreRules {
  return fromLines(text.normalize('NFC').split(/\r?\n/), source, ignoreCase);
}

function fromLines(lines: readonly string[], source: string, ignoreCase: boolean): IgnoreRules {
  const build = (): ignore.Ignore => ignore({ ignoreCase, allowRelativePaths: true }).add(lines.slice());
  let matcher = build();
  let asked = 0;
  return {
    source,
    test: (path) => {
      if (++asked > MAX_REMEMBERED) {
        matcher = build();
        asked = 0;
      }
      const { ignored, unignored, rule } = matcher.test(path);
      if (ignored) {
        return { type: 'ignored', pattern: rule?.pattern ?? path };
      }
      return { type: unignored ? 'unignored' : 'silent' };
    },
    letIn: (folder) =>
      // Such a name cannot be written as a rule.
      /[\r\n]/.test(folder)
        ? fromLines(lines, source, ignoreCase)
        : fromLines([...lines, `!/${folder.replace(/[\\*?[\]!# ]/g, '\\$&')}`], source, ignoreCase),
  };
}
