/** The line of the cursor as it would be with the text inserted. */
import type { Draft } from './draft.ts';
import type { Scene } from './scene.ts';

export function resultingLine({ lines, restIndent }: Draft, { line, rest }: Scene): string {
  const [head] = lines;
  const start = head === undefined ? line : line + head.indent + head.body;
  return lines.length <= 1 && restIndent === undefined ? start + rest : start;
}
