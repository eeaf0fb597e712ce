/** A branch that is read ahead, within bounds, until it has something that is worth the choice. */
import type { Disposable } from '../../base/disposable.ts';
import type { ReaperError } from '../../base/errors.ts';
import type { Branch } from '../branch.ts';
import { tokens } from '../estimate-usage.ts';
import type { StreamPart } from '../stream-part.ts';
import { failureOf } from './strategy.ts';

export interface Progress {
  /** Of text, reasoning and tool arguments so far. */
  readonly characters: number;
  readonly hasFence: boolean;
  /** A whole line came. */
  readonly hasLine: boolean;
  readonly hasToolCall: boolean;
}

export type RunnerEvent =
  /** Enough came, or it is at its end. */
  | { readonly type: 'ready'; readonly runner: Runner }
  | { readonly type: 'failed'; readonly runner: Runner; readonly error: ReaperError };

// facts/router §3.2: what Bifrost holds back.
const MOST_PARTS = 64;
const MOST_CHARACTERS = 262_144;

export class Runner implements Disposable {
  readonly branch: Branch;
  readonly reason: string;
  /** Rejects with `cancelled` only. */
  readonly event: Promise<RunnerEvent>;
  readonly held: StreamPart[] = [];
  progress: Progress = { characters: 0, hasFence: false, hasLine: false, hasToolCall: false };
  ended = false;
  readonly #isEnough: (progress: Progress) => boolean;

  /** `begin` gets what is asked when the branch comes to its end: whether there was anything in it. */
  constructor(begin: (hasContent: () => boolean) => Branch, reason: string, isEnough: (progress: Progress) => boolean) {
    this.branch = begin(() => this.#hasContent());
    this.reason = reason;
    this.#isEnough = isEnough;
    this.event = this.#run();
    // One that lost is cancelled, and nobody awaits it any more.
    this.event.catch(() => undefined);
  }

  /** It came to its end without a word. */
  get isEmpty(): boolean {
    return this.ended && !this.#hasContent();
  }

  dispose(): void {
    this.branch.dispose();
  }

  async #run(): Promise<RunnerEvent> {
    try {
      for (const part of await this.branch.open()) this.#take(part);
      while (!this.ended && !this.#isFull() && !this.#isEnough(this.progress)) {
        const part = await this.branch.next();
        if (part !== undefined) this.#take(part);
      }
      return { type: 'ready', runner: this };
    } catch (thrown) {
      return { type: 'failed', runner: this, error: failureOf(thrown) };
    }
  }

  #hasContent(): boolean {
    return this.progress.characters > 0 || this.progress.hasToolCall;
  }

  #isFull(): boolean {
    return this.held.length >= MOST_PARTS || this.progress.characters >= MOST_CHARACTERS;
  }

  #take(part: StreamPart): void {
    this.held.push(part);
    const { characters, hasFence, hasLine, hasToolCall } = this.progress;
    switch (part.type) {
      case 'text-delta':
        this.progress = {
          characters: characters + (characters === 0 ? part.text.trimStart().length : part.text.length),
          hasFence: hasFence || part.text.includes('```'),
          hasLine: hasLine || (characters === 0 ? part.text.trimStart() : part.text).includes('\n'),
          hasToolCall,
        };
        break;
      case 'reasoning-delta':
        this.progress = { ...this.progress, characters: characters + part.text.length };
        break;
      case 'tool-call-start':
        this.progress = { ...this.progress, hasToolCall: true };
        break;
      case 'tool-call-delta':
        this.progress = { ...this.progress, characters: characters + part.json.length };
        break;
      case 'finish':
        this.ended = true;
        break;
      case 'reasoning-end':
      case 'tool-call-end':
      case 'usage':
      case 'warning':
      case 'source':
      case 'replace':
      case 'merge-piece':
        break;
    }
  }
}

/** Some tokens, a line, a code fence or a tool call: as opposed to a word of preamble. */
export function isUseful(progress: Progress, minUsefulTokens: number): boolean {
  const { characters, hasFence, hasLine, hasToolCall } = progress;
  return hasFence || hasLine || hasToolCall || tokens(characters) >= minUsefulTokens;
}
