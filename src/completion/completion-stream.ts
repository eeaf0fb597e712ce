/** One request for ghost text, running or finished: its text grows, and it outlives the call that started it. */
import { Emitter } from '../base/event.ts';
import { ReaperError, errorMessage, isCancellation } from '../base/errors.ts';
import type { StreamPart } from '../router/stream-part.ts';
import type { Anchor } from './agreement.ts';

/**
 * `main` was asked for where the user types, `instant` is the embedded model's answer meanwhile, `look-ahead` was asked for
 * the place behind a suggestion, `variant` is a further candidate that the user asked for.
 */
export type StreamKind = 'main' | 'instant' | 'look-ahead' | 'variant';

export interface StreamOrigin {
  readonly kind: StreamKind;
  readonly anchor: Anchor;
  readonly providerId: string;
  readonly startedAt: number;
}

export interface StreamSource {
  /** Opens the request. Called once; the signal is aborted by `abort`. */
  readonly open: (signal: AbortSignal) => AsyncIterable<StreamPart>;
  /** Asked when a line has come: the length to keep if the stream should be stopped there. */
  readonly endOf: (raw: string) => number | undefined;
}

export class CompletionStream implements StreamOrigin {
  readonly kind: StreamKind;
  readonly anchor: Anchor;
  readonly providerId: string;
  readonly startedAt: number;
  text = '';
  state: 'running' | 'done' | 'failed' = 'running';
  problem: ReaperError | undefined;
  /** Whether the request behind its last line was already made. */
  lookedAhead = false;
  readonly #abort = new AbortController();
  readonly #progress = new Emitter<CompletionStream>();
  readonly #text = new Emitter<CompletionStream>();
  /** Fires when a line, or the end, has come. */
  readonly onProgress = this.#progress.event;
  /** Fires with each piece of text. */
  readonly onText = this.#text.event;

  constructor(origin: StreamOrigin) {
    this.kind = origin.kind;
    this.anchor = origin.anchor;
    this.providerId = origin.providerId;
    this.startedAt = origin.startedAt;
  }

  get running(): boolean {
    return this.state === 'running';
  }

  /** Reads the request to its end; never rejects. */
  async run(source: StreamSource): Promise<void> {
    let cut = false;
    try {
      for await (const part of source.open(this.#abort.signal)) {
        if (part.type === 'text-delta') {
          if (this.#append(part.text, source)) {
            break;
          }
        } else if (part.type === 'replace') {
          this.text = '';
        } else if (part.type === 'finish') {
          cut = part.reason === 'length' || part.reason === 'interrupted';
        }
      }
      this.#end('done', cut);
    } catch (error) {
      if (!isCancellation(error)) {
        this.problem = error instanceof ReaperError ? error : new ReaperError('bad-response', errorMessage(error));
      }
      this.#end(isCancellation(error) && this.text.includes('\n') ? 'done' : 'failed', true);
    }
  }

  /** Stops the request; complete lines that have come stay usable. */
  abort(): void {
    this.#abort.abort();
    this.#end(this.text.includes('\n') ? 'done' : 'failed', true);
  }

  /** Returns whether the stream is at its end. */
  #append(delta: string, source: StreamSource): boolean {
    if (!this.running) {
      return true;
    }
    this.text += delta.includes('\r') ? delta.replaceAll('\r\n', '\n').replaceAll('\r', '') : delta;
    this.#text.fire(this);
    if (!delta.includes('\n')) {
      return false;
    }
    const keep = source.endOf(this.text);
    if (keep !== undefined) {
      this.text = this.text.slice(0, keep);
      return true;
    }
    this.#progress.fire(this);
    return false;
  }

  #end(state: 'done' | 'failed', cut: boolean): void {
    if (!this.running) {
      return;
    }
    this.state = state;
    const lastBreak = this.text.lastIndexOf('\n');
    if (cut && lastBreak >= 0 && this.text.slice(0, lastBreak).trim() !== '') {
      // The last line was cut in the middle: half a line is not shown when whole ones are there.
      this.text = this.text.slice(0, lastBreak);
    }
    this.#progress.fire(this);
    this.#progress.dispose();
    this.#text.dispose();
  }
}
