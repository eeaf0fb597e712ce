/** An editor and a model in memory: documents with edits, the engine behind them, and a router whose answers are scripted. */
import { createFakeClock, type FakeClock } from '../fakes/fake-clock.ts';
import { delay } from '../../src/base/abort.ts';
import { ReaperError } from '../../src/base/errors.ts';
import { Emitter } from '../../src/base/event.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { createCompletionEngine } from '../../src/completion/create-engine.ts';
import { type CompletionStatusTracker, createCompletionStatus } from '../../src/completion/status.ts';
import type { CompletionEngine, CompletionSettings } from '../../src/completion/engine.ts';
import type { Finish, FindStreamEnd } from '../../src/completion/finish/finish.ts';
import type { Suggestion, SuggestionQuery } from '../../src/completion/suggestion.ts';
import type { SyntaxFacts } from '../../src/completion/syntax/syntax.ts';
import type { DocumentView, Position } from '../../src/editor/document.ts';
import type { FileVerdict } from '../../src/privacy/privacy.ts';
import type { FimInput, ModelRequest } from '../../src/router/model-request.ts';
import type { ProviderHealth, RouteFacts } from '../../src/router/router.ts';
import type { StreamPart } from '../../src/router/stream-part.ts';

export interface ScriptedAnswer {
  readonly text: string;
  readonly firstTokenMs?: number;
  readonly tokenMs?: number;
  readonly error?: ReaperError;
}

export interface SeenRequest {
  readonly request: ModelRequest;
  readonly input: FimInput;
  readonly at: number;
  aborted: boolean;
  finished: boolean;
}

export const DEFAULT_SETTINGS: CompletionSettings = {
  enabled: true,
  languages: { '*': true, markdown: false },
  disabledFiles: [],
  inComments: true,
  inStrings: true,
  multiLine: 'auto',
  maxLines: 12,
  maxOutputTokens: 128,
  promptTokens: 2500,
};

/** The simplest finishing that keeps its contract: the first line, or everything in `block` mode. */
const plainFinish: Finish = (raw, done, context) => {
  const start = raw.length - raw.trimStart().length;
  const lineEnd = raw.indexOf('\n', start);
  if (context.mode === 'block') {
    const last = raw.lastIndexOf('\n');
    const text = done ? raw : raw.slice(0, Math.max(0, last));
    return text.trim() === '' && !done ? { type: 'wait' } : textOrNothing(text, done);
  }
  if (lineEnd < 0 && !done) {
    return { type: 'wait' };
  }
  return textOrNothing(lineEnd < 0 ? raw : raw.slice(0, lineEnd), true);
};

function textOrNothing(text: string, final: boolean): ReturnType<Finish> {
  return text.trim() === ''
    ? { type: 'nothing', rule: 'empty', reason: 'The answer was empty.' }
    : { type: 'text', text, final, consumed: text.length };
}

const plainStreamEnd: FindStreamEnd = (raw, _context, lookAheadLines) => {
  const lines = raw.split('\n');
  return lines.length > lookAheadLines + 1
    ? { cutAt: lines.slice(0, lookAheadLines + 1).join('\n').length, reason: 'max-lines' }
    : undefined;
};

export interface HarnessOptions {
  /** `█` marks the cursor. */
  readonly text: string;
  readonly languageId?: string;
  readonly path?: string;
  readonly eol?: '\n' | '\r\n';
  /** What the model answers; by default what the finished text says after the prompt's prefix. */
  readonly answer?: (input: FimInput, request: ModelRequest) => ScriptedAnswer;
  readonly route?: Partial<RouteFacts>;
  readonly routes?: readonly RouteFacts[];
  readonly settings?: Partial<CompletionSettings>;
  readonly syntax?: Partial<SyntaxFacts>;
  readonly mayRead?: FileVerdict;
}

export const ROUTE: RouteFacts = {
  providerId: 'served',
  model: 'm',
  location: 'remote',
  parallelRequests: 4,
  firstTokenMs: 100,
};

export class EditorHarness {
  readonly clock: FakeClock = createFakeClock();
  readonly engine: CompletionEngine;
  readonly requests: SeenRequest[] = [];
  readonly lateResults: string[] = [];
  readonly outcomes: string[] = [];
  readonly healthChanged = new Emitter<ProviderHealth>();
  readonly settingsChanged = new Emitter<CompletionSettings>();
  health: ProviderHealth[] = [];
  /** The most requests of served models that ran at the same time. */
  mostAtOnce = 0;
  settings: CompletionSettings;
  routes: readonly RouteFacts[];
  #open: OpenDocument;
  readonly #options: HarnessOptions;
  readonly #status: CompletionStatusTracker;

  constructor(options: HarnessOptions) {
    this.#options = options;
    this.#open = openDocument(options);
    this.settings = { ...DEFAULT_SETTINGS, ...options.settings };
    this.routes = options.routes ?? [{ ...ROUTE, ...options.route }];
    const completionRoute = (): readonly RouteFacts[] => this.routes;
    this.#status = createCompletionStatus({
      router: { completionRoute, health: () => this.health, onHealthChanged: this.healthChanged.event },
      settings: () => this.settings,
      onSettingsChanged: this.settingsChanged.event,
      clock: this.clock,
    });
    this.engine = createCompletionEngine({
      router: { stream: (request, signal) => this.#stream(request, signal), completionRoute },
      status: this.#status,
      privacy: {
        mayRead: () => options.mayRead ?? { allowed: true },
        withoutSecrets: (text) => text.replaceAll('hunter2', 'REDACTED'),
        hasSecret: (text) => text.includes('hunter2'),
      },
      syntax: {
        analyze: () => Promise.resolve(this.#syntaxFacts()),
        analyzeNow: () => this.#syntaxFacts(),
        dispose: () => undefined,
      },
      finish: plainFinish,
      findStreamEnd: plainStreamEnd,
      gatherContext: () => Promise.resolve([]),
      relativePath: (path) => path.replace('/project/', ''),
      settings: () => this.settings,
      onSettingsChanged: this.settingsChanged.event,
      clock: this.clock,
      logger: silentLogger,
    });
    this.engine.onLateResult((late) => this.lateResults.push(late.uri));
    this.engine.onOutcome(({ outcome }) => this.outcomes.push(outcome));
  }

  dispose(): void {
    this.engine.dispose();
    this.#status.dispose();
  }

  /** Opens another document of the same editor, or goes back to one; the engine is not told, as in VS Code. */
  open(file: OpenDocument | Pick<HarnessOptions, 'text' | 'path' | 'eol' | 'languageId'>): OpenDocument {
    const left = this.#open;
    this.#open = 'view' in file ? file : openDocument(file);
    return left;
  }

  get document(): DocumentView {
    return this.#open.view;
  }

  get text(): string {
    return this.#open.text;
  }

  get offset(): number {
    return this.#open.offset;
  }

  set offset(offset: number) {
    this.#open.offset = offset;
  }

  get position(): Position {
    return this.#positionAt(this.offset);
  }

  /** Requests that are on their way. */
  get running(): readonly SeenRequest[] {
    return this.requests.filter(({ aborted, finished }) => !aborted && !finished);
  }

  /** Types one string as one edit: the change event reaches the engine. */
  type(text: string): void {
    this.edit(this.offset, this.offset, text);
  }

  backspace(count = 1): void {
    this.edit(this.offset - count, this.offset, '');
  }

  edit(from: number, to: number, text: string, cause: 'typing' | 'undo' | 'redo' = 'typing'): void {
    const open = this.#open;
    const range = { start: this.#positionAt(from), end: this.#positionAt(to) };
    const inserted = text.replaceAll(/\r?\n/g, open.view.eol);
    open.text = open.text.slice(0, from) + inserted + open.text.slice(to);
    open.offset = from + inserted.length;
    open.version++;
    this.engine.documentChanged({ document: open.view, edits: [{ range, text: inserted }], cause });
  }

  /** Inserts at the start of the document and at the cursor in one event, as several cursors do. */
  editTwice(text: string): void {
    const open = this.#open;
    const ranges = [0, open.offset].map((at) => ({ start: this.#positionAt(at), end: this.#positionAt(at) }));
    open.text = text + open.text.slice(0, open.offset) + text + open.text.slice(open.offset);
    open.offset += 2 * text.length;
    open.version++;
    const edits = ranges.map((range) => ({ range, text }));
    this.engine.documentChanged({ document: open.view, edits, cause: 'typing' });
  }

  /** Asks as the editor does. */
  ask(query: Partial<SuggestionQuery> = {}, signal = new AbortController().signal): Promise<readonly Suggestion[]> {
    return this.engine.provide(
      { document: this.document, position: this.position, trigger: 'automatic', selectedEntry: undefined, ...query },
      signal,
    );
  }

  /** Asks, lets time pass until the answer is there, and returns what the ghost text would say. */
  async ghost(query: Partial<SuggestionQuery> = {}): Promise<string | undefined> {
    const [first] = await this.answers(query);
    const line = this.document.lineAt(this.position.line).slice(0, this.position.character);
    return first?.insertText.slice(line.length);
  }

  async answers(query: Partial<SuggestionQuery> = {}): Promise<readonly Suggestion[]> {
    let answer: readonly Suggestion[] | undefined;
    void this.ask(query).then((suggestions) => (answer = suggestions));
    await this.clock.settle();
    for (let waited = 0; answer === undefined && waited < 30_000; waited += 5) {
      await this.clock.advance(5);
    }
    return answer ?? [];
  }

  /** Accepts as Tab does: the document changes first, then the item's command runs. */
  accept(suggestion: Suggestion): void {
    const { start, end } = suggestion.range;
    this.edit(this.#offsetAt(start), this.#offsetAt(end), suggestion.insertText);
    this.engine.accepted(suggestion.id);
  }

  async *#stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<StreamPart> {
    if (request.input.type !== 'fim') {
      throw new ReaperError('bad-response', 'Only ghost text is scripted here');
    }
    const seen: SeenRequest = { request, input: request.input, at: this.clock.now(), aborted: false, finished: false };
    this.requests.push(seen);
    this.mostAtOnce = Math.max(this.mostAtOnce, this.running.filter((other) => !isEmbedded(other)).length);
    signal.addEventListener('abort', () => (seen.aborted = !seen.finished));
    const answer = this.#options.answer?.(request.input, request) ?? { text: '' };
    try {
      await delay(this.clock, answer.firstTokenMs ?? 100, signal);
      if (answer.error !== undefined) {
        throw answer.error;
      }
      for (const token of answer.text.match(/[^\n]{0,3}\n|[^\n]{1,4}/g) ?? []) {
        yield { type: 'text-delta', text: token };
        await delay(this.clock, answer.tokenMs ?? 8, signal);
      }
      seen.finished = true;
      yield { type: 'finish', reason: 'stop' };
    } finally {
      seen.aborted ||= !seen.finished;
    }
  }

  #syntaxFacts(): SyntaxFacts {
    return { mode: 'line', scope: 'code', source: 'indentation', ...this.#options.syntax };
  }

  #positionAt(offset: number): Position {
    const before = this.text.slice(0, offset).split('\n');
    return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  }

  #offsetAt(position: Position): number {
    const before = this.text.split('\n').slice(0, position.line);
    return before.reduce((sum, line) => sum + line.length + 1, 0) + position.character;
  }
}

/** Whether a request goes to the embedded model, as the answer that is shown while another model runs. */
export function isEmbedded({ request }: SeenRequest): boolean {
  return request.routing?.providers?.[0] === 'embedded';
}

/** An open document with its cursor; `view` always shows the present text. */
interface OpenDocument {
  text: string;
  offset: number;
  version: number;
  readonly view: DocumentView;
}

function openDocument(file: Pick<HarnessOptions, 'text' | 'path' | 'eol' | 'languageId'>): OpenDocument {
  const { path = '/project/file.ts', languageId = 'typescript', eol = '\n' } = file;
  const lines = (): string[] => open.text.split(/\r?\n/);
  const open: OpenDocument = {
    text: file.text.replace('█', ''),
    offset: file.text.indexOf('█'),
    version: 1,
    view: {
      uri: `file://${path}`,
      path,
      languageId,
      eol,
      get version() {
        return open.version;
      },
      get lineCount() {
        return lines().length;
      },
      lineAt: (line) => lines()[line] ?? '',
    },
  };
  return open;
}

/** A model that knows the finished text: it answers what follows the prompt's prefix there, at most `lines` lines. */
export function knowing(finished: string, timing: Omit<ScriptedAnswer, 'text'> = {}, lines = 4) {
  return (input: FimInput): ScriptedAnswer => {
    const at = finished.startsWith(input.prefix) ? input.prefix.length : finished.length;
    return { ...timing, text: finished.slice(at).split('\n').slice(0, lines).join('\n') };
  };
}
