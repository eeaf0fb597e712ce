/** From what a protocol delivers to what a caller gets: stops cut, holes cleaned, usage complete, one end. */
import { isCancellation } from '../../base/errors.ts';
import type { StreamPart, TokenUsage } from '../stream-part.ts';
import { type TextFilter, stopFilter } from './text-filter.ts';
import { cutOff, type Target } from './transport.ts';
import { estimateUsage } from './usage.ts';

export interface AnswerShape {
  /** All that was sent, to count it if the server does not. */
  readonly prompt: string;
  /** Every stop string, also those that the server was told of: some servers ignore them. */
  readonly stops: readonly string[];
  /** Takes the completion out of a chat answer. */
  readonly clean?: TextFilter;
  /** Said once, when the answer has begun. */
  readonly warnings?: readonly string[];
  /** Undoes in the answer what was done to the text that was sent. */
  readonly restore?: (text: string) => string;
}

/**
 * Passes parts on. A `finish` is the last one and comes after the usage, which is counted here where the server told nothing or
 * the answer was ended here. Usage is given before an error too. Throws `network` if `parts` ends without a `finish`.
 */
export async function* answer(
  target: Target,
  parts: AsyncIterable<StreamPart>,
  shape: AnswerShape,
): AsyncGenerator<StreamPart, void, undefined> {
  const stops = stopFilter(shape.stops);
  const restore = shape.restore ?? ((text: string) => text);
  let received = '';
  let thought = '';
  let usage: TokenUsage | undefined;
  let finished = false;
  const warnings = [...(shape.warnings ?? [])];
  const counted = (): StreamPart => ({ type: 'usage', usage: estimateUsage(shape.prompt, received, usage, thought) });

  try {
    for await (const part of parts) {
      // The last bytes of a body that is read to its end leave the connection fit for the next request.
      if (finished) continue;
      for (const message of warnings.splice(0)) yield { type: 'warning', message };
      switch (part.type) {
        case 'text-delta': {
          received += part.text;
          const cleaned = shape.clean?.push(part.text) ?? part.text;
          const last = shape.clean?.ended === true ? shape.clean.end() : '';
          const text = restore(stops.push(cleaned + last));
          if (text !== '') yield { type: 'text-delta', text };
          if (stops.ended || shape.clean?.ended === true) {
            const rest = restore(stops.end());
            if (rest !== '') yield { type: 'text-delta', text: rest };
            yield counted();
            yield { type: 'finish', reason: 'stop' };
            // Leaving the loop cancels the body: nobody writes for nobody.
            return;
          }
          break;
        }
        case 'usage':
          usage = part.usage;
          // What is known early (the input's count) serves whoever gives up in between.
          yield part;
          break;
        case 'finish': {
          const rest = restore(stops.push(shape.clean?.end() ?? '') + stops.end());
          if (rest !== '') yield { type: 'text-delta', text: rest };
          if (usage === undefined || usage.estimated) yield counted();
          finished = true;
          yield part;
          break;
        }
        case 'reasoning-delta':
          thought += part.text;
          yield part;
          break;
        case 'tool-call-start': {
          // What was held back as the beginning of a stop string comes before what comes after it.
          const rest = shape.clean === undefined ? restore(stops.end()) : '';
          if (rest !== '') yield { type: 'text-delta', text: rest };
          yield part;
          break;
        }
        case 'tool-call-delta':
          received += part.json;
          yield part;
          break;
        case 'tool-call-end':
        case 'reasoning-end':
        case 'warning':
        case 'source':
        case 'replace':
        case 'merge-piece':
          yield part;
      }
    }
  } catch (error) {
    if (finished) return;
    if (!isCancellation(error)) yield counted();
    throw error;
  }
  if (finished) return;
  yield counted();
  throw cutOff(target);
}
