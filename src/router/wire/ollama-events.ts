/** The lines of Ollama's stream, of `/api/generate` and of `/api/chat`. */
import type { StreamPart } from '../stream-part.ts';
import { countAt, listAt, recordAt, textAt } from './json.ts';
import { jsonLines } from './json-lines.ts';
import { createToolCalls } from './tool-calls.ts';
import type { Target } from './transport.ts';
import { localUsage } from './usage.ts';

export async function* ollamaParts(response: Response, target: Target): AsyncGenerator<StreamPart, void, undefined> {
  const calls = createToolCalls();
  let isThinking = false;
  function* thoughtEnd(): Generator<StreamPart> {
    if (isThinking) yield { type: 'reasoning-end', signature: undefined };
    isThinking = false;
  }
  for await (const line of jsonLines(response, target)) {
    const message = recordAt(line, 'message') ?? line;
    const thinking = textAt(message, 'thinking') ?? '';
    if (thinking !== '') {
      isThinking = true;
      yield { type: 'reasoning-delta', text: thinking };
    }
    const text = textAt(line, 'response') ?? textAt(message, 'content') ?? '';
    const pieces = listAt(message, 'tool_calls');
    if (text !== '' || pieces.length > 0) yield* thoughtEnd();
    if (text !== '') yield { type: 'text-delta', text };
    for (const piece of pieces) yield* calls.push(piece);
    if (line['done'] !== true) continue;
    yield* thoughtEnd();
    const isCut = textAt(line, 'done_reason') === 'length';
    const called = calls.any;
    yield* calls.end(isCut ? 'cut' : 'whole');
    const usage = localUsage(countAt(line, 'prompt_eval_count'), countAt(line, 'eval_count'));
    if (usage !== undefined) yield { type: 'usage', usage };
    yield { type: 'finish', reason: isCut ? 'length' : called ? 'tool-calls' : 'stop' };
  }
}
