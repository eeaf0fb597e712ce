/** The texts that are typed: one variant of the fixture per scenario, so that no cache carries over from one to the next. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures');

const NOUNS = ['article', 'product', 'volume', 'device', 'garment', 'painting', 'bicycle', 'recipe', 'ticket'];
const KEYS = ['sku', 'code', 'isbn', 'serial', 'label', 'mark', 'frame', 'slug', 'number'];

/** The long text; each variant names its things differently. */
export function inventoryText(variant: number): string {
  const noun = NOUNS[variant % NOUNS.length] ?? 'article';
  const key = KEYS[variant % KEYS.length] ?? 'sku';
  return readFileSync(join(FIXTURES, 'inventory.ts.txt'), 'utf8')
    .replaceAll('article', noun)
    .replaceAll('Article', noun.charAt(0).toUpperCase() + noun.slice(1))
    .replaceAll(/\bsku\b/g, key);
}

/** Where typing begins: after the imports and the first types, so that there is something to go by. */
export function startOfTyping(text: string): number {
  return text.indexOf('  constructor(');
}

/** Another line of another variant, with its indentation typed: the text before it is in the file already. */
export function freshPlace(round: number): { readonly target: string; readonly offset: number } {
  const target = inventoryText(round);
  const lines = target.split('\n');
  const first = target.slice(0, startOfTyping(target)).split('\n').length;
  // Some ten lines apart, so that the same line is never typed in two variants.
  let line = first + ((round * 11) % (lines.length - first - 4));
  while ((lines[line] ?? '').trim().length < 16) {
    line++;
  }
  const indentation = /^ */.exec(lines[line] ?? '')?.[0].length ?? 0;
  return { target, offset: lines.slice(0, line).join('\n').length + 1 + indentation };
}

/** Statements at the left margin only: what is typed with the editor's own brackets, quotes and indentation turned on. */
export function flatText(): string {
  return readFileSync(join(FIXTURES, 'flat.ts.txt'), 'utf8');
}
