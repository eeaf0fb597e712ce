/** Asking a chat model to fill the hole: rules, other files, then this file, so that what changes least comes first. */
import type { FimInput } from '../model-request.ts';
import { type SafeInput, breakUpInput } from './break-up.ts';

/** Claude reads what follows the cursor first, other models the file in its order (facts/completions §10.3). */
export type HoleOrder = 'prefix-first' | 'suffix-first';

export interface HolePrompt {
  /** The same for every request. */
  readonly system: string;
  /** The other files; `undefined` if there are none. Changes seldom. */
  readonly context: string | undefined;
  /** This file. Changes with every key. */
  readonly file: string;
  readonly restore: SafeInput['restore'];
}

/** Other files and this one as a single message, for protocols that mark nothing in between. */
export function holeQuestion({ context, file }: Pick<HolePrompt, 'context' | 'file'>): string {
  return context === undefined ? file : `${context}\n\n${file}`;
}

export const OPENING_TAG = '<completion>';
/** Also the one stop string to send: the answer's own line breaks must not end it before its tag has come. */
export const CLOSING_TAG = '</completion>';
/** What the tags cost in the answer, with some room for a line break around them. */
export const TAG_TOKENS = 16;

const TAGS = [
  OPENING_TAG,
  CLOSING_TAG,
  '<before_cursor>',
  '</before_cursor>',
  '<after_cursor>',
  '</after_cursor>',
  '</other_file>',
];

// Local servers render a chat as text, so these would end it. Chat forms of Qwen, GLM, Gemma and Llama.
const CHAT_TOKENS = [
  '<|im_start|>',
  '<|im_end|>',
  '<|endoftext|>',
  '<|user|>',
  '<|assistant|>',
  '<start_of_turn>',
  '<end_of_turn>',
  '<|start_header_id|>',
  '<|eot_id|>',
];

// No prefill: current models refuse it. Instead an example shows where the answer begins.
const SYSTEM = `You are the inline completion of a code editor. You get a file that is cut at the cursor into <before_cursor> and <after_cursor>, and sometimes excerpts of other files. Write the text that belongs at the cursor.

Rules:
1. Answer with ${OPENING_TAG}, the text, ${CLOSING_TAG}, and nothing else: no explanation, no Markdown fence.
2. The text is inserted exactly at the cursor. Begin with the character that comes next: never repeat what stands before the cursor, not even the beginning of its line.
3. Never repeat what stands after the cursor.
4. Keep to the indentation, the style and the names of the file. If a new line is needed first, begin with a line break.
5. Write what the author most likely types next, usually a line or a block, and stop there. If nothing fits, answer ${OPENING_TAG}${CLOSING_TAG}.

Example:
<before_cursor>
function area(width, height) {
  return wid</before_cursor>
<after_cursor>;
}
</after_cursor>
Answer: ${OPENING_TAG}th * height${CLOSING_TAG}`;

export function holePrompt(input: FimInput, order: HoleOrder): HolePrompt {
  const { input: safe, restore } = breakUpInput(input, [...TAGS, ...CHAT_TOKENS]);
  const before = `<before_cursor>\n${safe.prefix}</before_cursor>`;
  const after = `<after_cursor>${safe.suffix}\n</after_cursor>`;
  const parts = order === 'suffix-first' ? [after, before] : [before, after];
  return {
    system: SYSTEM,
    context:
      safe.snippets.length === 0
        ? undefined
        : safe.snippets.map(({ path, text }) => `<other_file path="${path}">\n${text}\n</other_file>`).join('\n'),
    file: `File: ${safe.path} (${safe.language})\n${parts.join('\n')}`,
    restore,
  };
}
