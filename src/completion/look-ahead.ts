/** When to ask for what comes behind the text that is there: so that the next suggestion is ready after an accept. */
import type { ReadyAnswer } from './cache.ts';
import type { DocumentSession } from './document-session.ts';
import type { Situation } from './situation.ts';

/** Lines that must be left behind the shown text; fewer, and a user who accepts line by line would wait for the next. */
const LINES_IN_STOCK = 2;

/**
 * Looks ahead only where the text is being used (accepted, or typed through by a line): a speculative request behind every
 * suggestion would double the cost for a wait that nobody notices.
 */
export function lookAhead(
  session: DocumentSession,
  situation: Situation,
  answer: ReadyAnswer,
  use: { readonly recentlyAccepted: boolean; readonly parallelRequests: number },
): void {
  const { stream } = answer;
  if (stream.running || stream.lookedAhead || stream.kind === 'instant' || stream.kind === 'variant') {
    return;
  }
  const engaged = use.recentlyAccepted || stream.text.slice(0, Math.max(0, answer.consumed)).includes('\n');
  if (!engaged || lineBreaks(answer.remainder) > LINES_IN_STOCK) {
    return;
  }
  if (use.parallelRequests <= 1 && session.cache.all.some((other) => other.running && other.kind !== 'instant')) {
    return;
  }
  stream.lookedAhead = true;
  session.start(situation, { kind: 'look-ahead', assumed: answer.text + answer.remainder });
}

function lineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    count++;
  }
  return count;
}
