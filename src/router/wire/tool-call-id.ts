/** Ids of tool calls that another provider made up, in a form that this one takes. */
import { createHash } from 'node:crypto';

// OpenAI refuses longer ones; some providers pack signatures into theirs.
const LONGEST = 64;
// Mistral takes nothing else: https://docs.mistral.ai/api/ ("Tool call id must be a-z, A-Z, 0-9, with a length of 9").
const NINE = /^[a-zA-Z0-9]{9}$/;

// Anthropic: `^[a-zA-Z0-9_-]+$`.
const WORD = /^[\w-]{1,64}$/;

export type ToolCallIds = 'any' | 'word-characters' | 'nine-characters';

/** The same for the same id, so that calls and their answers stay together. */
export function toolCallId(id: string, ids: ToolCallIds): string {
  switch (ids) {
    case 'any':
      return id.length <= LONGEST ? id : `call_${digest(id).slice(0, 24)}`;
    case 'word-characters':
      return WORD.test(id) ? id : `call_${digest(id).slice(0, 24)}`;
    case 'nine-characters':
      return NINE.test(id) ? id : digest(id).slice(0, 9);
  }
}

function digest(id: string): string {
  return createHash('sha256').update(id).digest('hex');
}
