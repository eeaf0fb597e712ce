/** The streams of one document, running and finished, and what they say about a place: joining and caching are one look-up. */
import { agreement } from './agreement.ts';
import type { CompletionStream } from './completion-stream.ts';
import type { FinishResult } from './finish/finish.ts';
import type { Situation } from './situation.ts';

/** Finished streams kept per document; a place is hardly revisited after so many requests. */
const STREAMS_PER_DOCUMENT = 30;

export interface ReadyAnswer {
  readonly type: 'ready';
  readonly stream: CompletionStream;
  readonly text: string;
  readonly final: boolean;
  /** What the stream says behind `text`. */
  readonly remainder: string;
  /** Length of the stream's text that lies before the cursor. */
  readonly consumed: number;
}

export type Answer =
  | ReadyAnswer
  /** Something is on its way; `instant` can be shown meanwhile. */
  | {
      readonly type: 'waiting';
      readonly streams: readonly CompletionStream[];
      readonly instant: ReadyAnswer | undefined;
    }
  /** It was asked and there is nothing to show here. */
  | {
      readonly type: 'nothing';
      readonly endedAt: 'request' | 'finish';
      readonly reason: string;
      readonly providerId: string;
    }
  /** Never asked, or what was said does not fit any more. */
  | { readonly type: 'unknown'; readonly instant: ReadyAnswer | undefined };

export type FinishAt = (stream: CompletionStream, raw: string, consumed: number) => FinishResult;

export class StreamCache {
  #streams: CompletionStream[] = [];

  get all(): readonly CompletionStream[] {
    return this.#streams;
  }

  add(stream: CompletionStream): void {
    const surplus = this.#streams.length + 1 - STREAMS_PER_DOCUMENT;
    for (const old of this.#streams.slice(0, Math.max(0, surplus))) {
      old.abort();
    }
    this.#streams = [...this.#streams.slice(Math.max(0, surplus)), stream];
  }

  remove(stream: CompletionStream): void {
    this.#streams = this.#streams.filter((other) => other !== stream);
  }

  /** What failed may be tried again: after an edit, or because the user asks. */
  forgetFailed(): void {
    this.#streams = this.#streams.filter((stream) => stream.state !== 'failed');
  }

  /** Newest first, but what is shown stays as long as it agrees with what is typed: no flicker. */
  look(situation: Situation, shown: CompletionStream | undefined, finish: FinishAt): Answer {
    const waiting: CompletionStream[] = [];
    let instant: ReadyAnswer | undefined;
    let nothing: Answer | undefined;
    // Puts back what was just deleted, so it only speaks where no other does: deleted typos are not offered again.
    let deleted: ReadyAnswer | undefined;
    for (const stream of this.#inOrder(shown)) {
      const answer = answerOf(stream, situation, finish);
      if (answer.type === 'ready' && stream.kind !== 'instant') {
        if (answer.consumed >= 0) {
          return answer;
        }
        deleted ??= answer;
      } else if (answer.type === 'ready') {
        instant ??= answer;
      } else if (answer.type === 'waiting' && stream.kind !== 'instant') {
        waiting.push(stream);
      } else if (answer.type === 'nothing' && stream.kind !== 'instant') {
        nothing ??= answer;
      }
    }
    if (deleted !== undefined && waiting.length === 0) {
      return deleted;
    }
    if (waiting.length > 0) {
      return { type: 'waiting', streams: waiting, instant };
    }
    if (nothing !== undefined) {
      return instant ?? nothing;
    }
    return { type: 'unknown', instant };
  }

  dispose(): void {
    for (const stream of this.#streams) {
      stream.abort();
    }
    this.#streams = [];
  }

  *#inOrder(shown: CompletionStream | undefined): Generator<CompletionStream> {
    if (shown !== undefined && this.#streams.includes(shown)) {
      yield shown;
    }
    for (let at = this.#streams.length - 1; at >= 0; at--) {
      const stream = this.#streams[at];
      if (stream !== undefined && stream !== shown) {
        yield stream;
      }
    }
  }
}

/** What one stream says about a place. */
export function answerOf(
  stream: CompletionStream,
  situation: Situation,
  finish: FinishAt,
): ReadyAnswer | { readonly type: 'waiting' | 'elsewhere' } | Extract<Answer, { type: 'nothing' }> {
  const { providerId } = stream;
  if (stream.state === 'failed') {
    const here = agreement(stream.anchor, '', true, situation).type === 'covers';
    // The editor asks several times for one place: an error is not asked for again by that.
    return here && stream.problem !== undefined
      ? { type: 'nothing', endedAt: 'request', reason: stream.problem.message, providerId }
      : { type: 'elsewhere' };
  }
  const agreed = agreement(stream.anchor, stream.text, !stream.running, situation);
  switch (agreed.type) {
    case 'pending':
      return { type: 'waiting' };
    case 'differs':
    case 'elsewhere':
      return { type: 'elsewhere' };
    case 'covers': {
      const finished = finish(stream, agreed.rest, agreed.consumed);
      if (finished.type === 'text') {
        return {
          type: 'ready',
          stream,
          text: finished.text,
          final: finished.final || !stream.running,
          remainder: agreed.rest.slice(finished.consumed),
          consumed: agreed.consumed,
        };
      }
      if (stream.running) {
        return { type: 'waiting' };
      }
      // Behind its first words a stream that has nothing more to say does not speak for the place: ask anew.
      return agreed.consumed === 0 && finished.type === 'nothing'
        ? { type: 'nothing', endedAt: 'finish', reason: finished.reason, providerId }
        : { type: 'elsewhere' };
    }
  }
}
