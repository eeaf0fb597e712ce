/** Whatever the user, the editor and the model do, and whenever: what must hold for ghost text all the same. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { ReaperError } from '../../src/base/errors.ts';
import type { Suggestion, SuggestionQuery } from '../../src/completion/suggestion.ts';
import { DEFAULT_SETTINGS, EditorHarness, ROUTE, type ScriptedAnswer, isEmbedded } from './editor-harness.ts';

/** What the engine promises at most: `GIVE_UP_MS`, and for explicit questions `GIVE_UP_INVOKED_MS` and the candidates. */
const DEADLINE_MS = { automatic: 600, invoke: 10_700 };

const WORDS = ['foo', 'foo(bar)', 'bar()', '😀', '\n', '\n  foo', ' = ', '(', ')', '"', 'x', ' ', '\n\n'];

type Step =
  | { readonly do: 'type'; readonly text: string }
  | { readonly do: 'type-shown' | 'backspace' | 'undo' | 'accept-word'; readonly count: number }
  | { readonly do: 'wait' | 'ask'; readonly ms: number }
  | { readonly do: 'cancelled-ask' | 'invoke'; readonly ms: number }
  | { readonly do: 'entry'; readonly text: string }
  | { readonly do: 'accept' | 'reject' | 'switch' | 'close' | 'settings' | 'twice' | 'snooze' }
  | { readonly do: 'move'; readonly to: number };

const ms = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 60, max: 1500 }));
const count = fc.integer({ min: 1, max: 6 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('type' as const), text: fc.constantFrom(...WORDS) }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom('type-shown', 'backspace', 'undo', 'accept-word'), count }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('wait', 'ask', 'ask', 'cancelled-ask', 'invoke'), ms }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('entry' as const), text: fc.constantFrom('foo', 'food', '😀') }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('accept' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('reject', 'switch', 'close', 'settings', 'twice', 'snooze') }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('move' as const), to: fc.nat(60) }) },
);

/** `█` marks the cursor. */
const STARTS = {
  empty: '█',
  word: 'foo█',
  closers: 'foo(█)',
  'huge line': `${'w'.repeat(5000)}\n█`,
  repeated: `${'foo();\n'.repeat(90)}  █\nbar();`,
};

const world = fc.record({
  seed: fc.nat(),
  parallelRequests: fc.constantFrom(1, 1, 2, 4),
  firstTokenMs: fc.constantFrom(undefined, 5, 100, 900),
  routes: fc.constantFrom('served', 'served', 'both', 'both', 'embedded', 'none'),
  mode: fc.constantFrom('line', 'line', 'block'),
  eol: fc.constantFrom('\n', '\r\n'),
  start: fc.constantFrom(...(Object.keys(STARTS) as (keyof typeof STARTS)[])),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

/** Small numbers from a seed (mulberry32), so that a failing run can be repeated. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

interface Shown {
  readonly suggestion: Suggestion;
  /** The text before the cursor, and what was suggested behind it. */
  readonly before: string;
  readonly ghost: string;
  /** Nothing is promised for it: it gives way to the better model, or passed gates because the user asked. */
  readonly passing: boolean;
}

/** Without blanks, because the editor indents by its own rules, and without huge lines, which no prompt holds whole. */
const stripped = (text: string): string => text.replaceAll(/.{3000,}/g, '').replaceAll(/\s/g, '');

class Run {
  readonly editor: EditorHarness;
  readonly #answers: { readonly prefix: string; readonly text: string }[] = [];
  readonly #questions: Promise<unknown>[] = [];
  readonly #failures: unknown[] = [];
  readonly #files = ['/project/file.ts', '/project/other.ts'];
  readonly #others: Parameters<EditorHarness['open']>[0][] = [];
  /** What the user sees, if nothing has changed since but by typing along. */
  #shown: Shown | undefined;
  /** Requests since the last thing that the user did, by what they asked. */
  #asked = new Map<string, number>();
  #seenRequests = 0;
  #left = new AbortController();
  #explicit = 0;
  #edits = 0;

  constructor({ seed, routes, parallelRequests, firstTokenMs, mode, eol, start }: World) {
    const random = randomOf(seed);
    const served = { ...ROUTE, parallelRequests, firstTokenMs };
    const embedded = { ...ROUTE, providerId: 'embedded', location: 'embedded' as const, firstTokenMs: 1 };
    this.editor = new EditorHarness({
      text: STARTS[start].replaceAll('\n', eol),
      eol,
      syntax: { mode },
      routes: { served: [served], both: [served, embedded], embedded: [embedded], none: [] }[routes],
      answer: ({ prefix }): ScriptedAnswer => {
        const words = Array.from({ length: random(5) }, () => WORDS[random(WORDS.length)] ?? '');
        const text = words.join('') + (random(3) === 0 ? '\nfoo\n  bar()\nx' : '');
        this.#answers.push({ prefix, text });
        const error = random(8) === 0 ? new ReaperError('network', 'Served cannot be reached.') : undefined;
        const firstToken = [0, 5, 100, 1500][random(4)] ?? 0;
        return { text, firstTokenMs: firstToken, tokenMs: [0, 8, 300][random(3)] ?? 0, ...(error && { error }) };
      },
    });
    this.#others.push({ text: 'foo█', path: this.#files[1] ?? '', eol });
    this.editor.engine.onLateResult(({ uri, position }) => {
      const { document, position: cursor } = this.editor;
      if (uri === document.uri && position.line === cursor.line && position.character === cursor.character) {
        this.#ask({});
      }
    });
  }

  get #before(): string {
    return this.editor.text.slice(0, this.editor.offset).replaceAll('\r\n', '\n');
  }

  async do(step: Step): Promise<void> {
    const { editor } = this;
    switch (step.do) {
      case 'type':
        this.#edit(() => editor.type(step.text), step.text);
        break;
      case 'type-shown': {
        const next = Array.from(this.#shown?.ghost ?? '')
          .slice(0, step.count)
          .join('');
        if (next !== '') {
          this.#edit(() => editor.type(next), next);
        }
        break;
      }
      case 'accept-word': {
        const word = /^\s*(\w+|[^\w\s]+)/u.exec(this.#shown?.ghost ?? '')?.[0];
        if (word !== undefined) {
          this.#edit(() => editor.type(word), word);
        }
        break;
      }
      case 'backspace':
      case 'undo': {
        const from = editor.offset - Array.from(editor.text.slice(0, editor.offset)).slice(-step.count).join('').length;
        const gone = editor.text.slice(from, editor.offset);
        if (from < editor.offset && !gone.includes('\n')) {
          this.#edit(() => editor.edit(from, editor.offset, '', step.do === 'undo' ? 'undo' : 'typing'), undefined);
        }
        break;
      }
      case 'accept': {
        const shown = this.#shown;
        if (shown !== undefined && isDeepStrictEqual(shown.suggestion.range.end, editor.position)) {
          const after = editor.text.slice(editor.offset).replaceAll('\r\n', '\n');
          this.#edit(() => editor.accept(shown.suggestion), shown.ghost);
          assert.equal(editor.text.replaceAll('\r\n', '\n'), shown.before + shown.ghost + after);
        }
        break;
      }
      case 'wait':
        await editor.clock.advance(step.ms);
        break;
      case 'ask':
        this.#ask({});
        await editor.clock.advance(step.ms);
        break;
      case 'cancelled-ask': {
        const abort = new AbortController();
        this.#ask({}, abort.signal);
        await editor.clock.advance(step.ms);
        abort.abort();
        break;
      }
      case 'invoke':
        this.#userActs();
        this.#ask({ trigger: 'invoke' });
        await editor.clock.advance(step.ms);
        break;
      case 'entry': {
        this.#userActs();
        const { line, character } = editor.position;
        const start = Math.max(0, character - 1);
        const whole = /\w/.test(editor.document.lineAt(line).slice(start, character)) ? start : character;
        this.#ask({
          selectedEntry: { range: { start: { line, character: whole }, end: { line, character } }, text: step.text },
        });
        break;
      }
      case 'reject':
        editor.engine.rejected(this.#shown?.suggestion.id ?? '');
        this.#shown = undefined;
        break;
      case 'switch':
        this.#userActs();
        // Leaving a document cancels its questions at once; typing does so a little later, and here never.
        this.#left.abort();
        this.#left = new AbortController();
        this.#others.push(editor.open(this.#others.shift() ?? { text: '█' }));
        break;
      case 'close':
        this.#userActs();
        editor.engine.documentClosed(editor.document.uri);
        break;
      case 'settings':
        this.#userActs();
        editor.settings = { ...DEFAULT_SETTINGS, maxLines: 1 + (this.#edits % 5) };
        editor.settingsChanged.fire(editor.settings);
        break;
      case 'twice':
        this.#edit(() => editor.editTwice('x'), undefined);
        break;
      case 'snooze':
        editor.engine.snooze(50);
        this.#shown = undefined;
        break;
      case 'move': {
        this.#userActs();
        const offset = Math.max(0, editor.offset - step.to);
        const inPair = editor.text.slice(0, offset).isWellFormed() ? 0 : 1;
        editor.offset = Math.max(0, editor.text[offset - 1] === '\r' ? offset - 1 : offset - inPair);
        break;
      }
    }
    this.#countRequests();
    this.#throwFailures();
  }

  #throwFailures(): void {
    if (this.#failures.length > 0) {
      throw this.#failures[0];
    }
  }

  /** `typed`: what was put at the cursor, if that was all. */
  #edit(change: () => void, typed: string | undefined): void {
    this.#countRequests();
    this.#edits++;
    const old = this.#shown;
    const along =
      old !== undefined && typed !== undefined && this.#before === old.before && old.ghost.startsWith(typed);
    const ghost = along ? old.ghost.slice(typed.length) : '';
    this.#asked.clear();
    const known = this.editor.requests.length;
    change();
    // Of a text whose rest is blank nothing is left to show.
    this.#shown = along && ghost.trim() !== '' ? { ...old, before: this.#before, ghost } : undefined;
    if (this.#shown !== undefined && !this.#shown.passing) {
      const asked = this.editor.requests.slice(known).find((request) => !isEmbedded(request));
      assert.notEqual(asked?.input.prefix, this.#before, 'typed-through text was asked for again');
    }
  }

  #userActs(): void {
    this.#countRequests();
    this.#shown = undefined;
    this.#asked.clear();
    this.#explicit++;
  }

  #countRequests(): void {
    for (const seen of this.editor.requests.slice(this.#seenRequests)) {
      const { request, input } = seen;
      assert.ok(input.prefix.isWellFormed() && input.suffix.isWellFormed(), 'a surrogate pair was split');
      if (request.limits.temperature === undefined && !isEmbedded(seen)) {
        const key = JSON.stringify([input.prefix, input.suffix]);
        const times = (this.#asked.get(key) ?? 0) + 1;
        assert.ok(times <= 1, 'the same was asked again without any edit');
        this.#asked.set(key, times);
      }
    }
    this.#seenRequests = this.editor.requests.length;
  }

  #ask(query: Partial<SuggestionQuery>, cancelled?: AbortSignal): void {
    const signal = cancelled === undefined ? this.#left.signal : AbortSignal.any([cancelled, this.#left.signal]);
    const { editor } = this;
    const { clock, position, document } = editor;
    const [at, edits, explicit, before] = [clock.now(), this.#edits, this.#explicit, this.#before];
    const line = document.lineAt(position.line).slice(0, position.character);
    const keep = query.selectedEntry?.text ?? line;
    this.#questions.push(
      editor
        .ask(query, signal)
        .then((suggestions) => {
          const took = clock.now() - at;
          assert.ok(took <= DEADLINE_MS[query.trigger ?? 'automatic'], `answered after ${took} ms`);
          for (const { insertText, range } of suggestions) {
            assert.ok(insertText.startsWith(keep) && insertText.length > keep.length, 'nothing to draw');
            assert.ok(insertText.isWellFormed(), 'a surrogate pair was split');
            const start = query.selectedEntry?.range.start ?? { line: position.line, character: 0 };
            assert.deepEqual(range, { start, end: position });
            const replaces = query.selectedEntry === undefined ? 0 : position.character - start.character;
            const entered = before.slice(0, before.length - replaces) + (line === keep ? '' : keep);
            const text = stripped(entered + insertText.slice(keep.length)).slice(-300);
            assert.ok(
              this.#answers.some(({ prefix, text: said }) => stripped(prefix + said).includes(text)),
              'text was shown that no model said for this place',
            );
          }
          const stillThere = edits === this.#edits && explicit === this.#explicit && !signal.aborted;
          if (stillThere && query.selectedEntry === undefined) {
            this.#see(before, line, suggestions[0], query.trigger === 'invoke');
          }
        })
        .catch((error: unknown) => this.#failures.push(error)),
    );
  }

  #see(before: string, line: string, suggestion: Suggestion | undefined, invoked: boolean): void {
    const old = this.#shown;
    const ghost = suggestion?.insertText.slice(line.length) ?? '';
    if (old !== undefined && !old.passing && old.before === before && !invoked && !this.#isOff) {
      assert.ok(ghost !== '', `what was shown is gone: ${JSON.stringify(old.ghost)}`);
      assert.ok(ghost.startsWith(old.ghost) || old.ghost.startsWith(ghost), `${old.ghost} became ${ghost}`);
    }
    const passing = invoked || suggestion?.providerId === 'embedded';
    this.#shown = suggestion === undefined ? undefined : { suggestion, before, ghost, passing };
  }

  get #isOff(): boolean {
    return this.editor.engine.status.state === 'snoozed';
  }

  async end(oneSlot: boolean): Promise<void> {
    const { editor } = this;
    const { clock } = editor;
    await clock.advance(0);
    this.#userActs();
    editor.dispose();
    await clock.settle();
    await Promise.all(this.#questions);
    this.#throwFailures();
    assert.equal(clock.pendingTimers, 0, 'a timer was left');
    assert.equal(editor.running.length, 0, 'a request was left');
    assert.equal(editor.healthChanged.listenerCount + editor.settingsChanged.listenerCount, 0, 'a listener was left');
    assert.ok(editor.lateResults.length <= 2 * editor.requests.length, 'late results without end');
    if (oneSlot) {
      assert.ok(editor.mostAtOnce <= 1, `${editor.mostAtOnce} requests at once on a server with one slot`);
    }
  }
}

describe('ghost text under random editing', () => {
  it('keeps its promises', async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.array(step, { minLength: 5, maxLength: 40 }), async (facts, steps) => {
        const run = new Run(facts);
        for (const each of steps) {
          await run.do(each);
        }
        await run.end(facts.parallelRequests === 1 && facts.routes !== 'embedded');
      }),
      { seed: Number(process.env['FUZZ_SEED'] ?? 7), numRuns: Number(process.env['FUZZ_RUNS'] ?? 250) },
    );
  });
});
