/** Keeps a conversation with the one who answered it last: its prompt cache makes the next turn cheaper and faster. */
import type { Candidate } from './candidates.ts';
import type { ModelRequest, Stickiness } from './model-request.ts';

export interface Affinities {
  /** The key of the candidate that this request should stay with. */
  of(request: ModelRequest, stickiness: Stickiness): string | undefined;
  answered(request: ModelRequest, candidate: Candidate): void;
  reset(): void;
}

// Older conversations are seldom taken up again, and then nothing is lost but a warm cache.
const MOST_CONVERSATIONS = 200;

export function createAffinities(): Affinities {
  /** The least recently used first. */
  const keys = new Map<string, string>();
  return {
    of(request, stickiness) {
      const { conversationId } = request;
      if (conversationId === undefined || stickiness === 'none') return undefined;
      return stickiness === 'session' || isWithinTurn(request) ? keys.get(idOf(request, conversationId)) : undefined;
    },
    answered(request, { key, location }) {
      const { conversationId } = request;
      if (conversationId === undefined || location === 'embedded') return;
      const id = idOf(request, conversationId);
      keys.delete(id);
      keys.set(id, key);
      const [oldest] = keys.keys();
      if (keys.size > MOST_CONVERSATIONS && oldest !== undefined) keys.delete(oldest);
    },
    reset: () => keys.clear(),
  };
}

/** The answer to the last message of the user is still under way: tools were run for it. */
function isWithinTurn({ input }: ModelRequest): boolean {
  return input.type === 'chat' && input.messages.at(-1)?.role === 'tool';
}

function idOf({ purpose }: ModelRequest, conversationId: string): string {
  return `${purpose} ${conversationId}`;
}
