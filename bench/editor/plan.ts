/** Which scenarios run in which editor session, against which model, and which settings of the editor go with them. */
import {
  type Scenario,
  type ScenarioOptions,
  type ScenarioResult,
  accepts,
  bursts,
  steady,
  stops,
} from './scenarios.ts';
import { type Session, openFile, openSession } from './session.ts';
import type { OracleRequest, OracleServer } from '../oracle/server.ts';
import type { MeasuredExtension } from './extensions.ts';
import { type Recorder, createRecorder } from './recorder.ts';
import { createTypist } from './typist.ts';
import { savedText, type Stage } from './stage.ts';
import { acceptedText, flickers } from './observe.ts';
import { flatText, inventoryText, startOfTyping } from './targets.ts';
import { setTimeout as sleep } from 'node:timers/promises';

export type ScenarioName = 'stops' | 'steady' | 'bursts' | 'tab-120' | 'tab-800' | 'one-slot' | 'defaults';

const SCENARIOS: Readonly<Record<ScenarioName, { readonly run: Scenario; readonly rounds: number }>> = {
  stops: { run: stops, rounds: 24 },
  steady: { run: steady, rounds: 20 },
  bursts: { run: bursts, rounds: 30 },
  'tab-120': { run: accepts(120), rounds: 20 },
  'tab-800': { run: accepts(800), rounds: 14 },
  'one-slot': { run: stops, rounds: 24 },
  defaults: { run: stops, rounds: 24 },
};

export const SCENARIO_NAMES = Object.keys(SCENARIOS) as readonly ScenarioName[];

/** One editor session: what the model is like, and what is done. */
export interface SessionPlan {
  readonly label: string;
  readonly ttftMs: number;
  readonly slots: number;
  readonly wrongShare: number;
  readonly editorDefaults: boolean;
  readonly scenarios: readonly ScenarioName[];
}

export interface PlanOptions {
  readonly ttftMs: readonly number[];
  readonly only: readonly ScenarioName[];
}

/** Issue 2 §6. */
const TOKEN_MS = 8;
/** The model of the one-slot and default-settings rows: the slower of the two that the issue names. */
const SLOW_TTFT_MS = 200;

export function planSessions(options: PlanOptions): readonly SessionPlan[] {
  const plans: SessionPlan[] = options.ttftMs.map((ttftMs) => ({
    label: String(ttftMs),
    ttftMs,
    slots: 4,
    wrongShare: 0,
    editorDefaults: false,
    scenarios: (['stops', 'steady', 'bursts', 'tab-120', 'tab-800'] as const).filter((name) =>
      options.only.includes(name),
    ),
  }));
  const slow = { ttftMs: SLOW_TTFT_MS, slots: 4, wrongShare: 0, editorDefaults: false };
  if (options.only.includes('one-slot')) {
    plans.push({ ...slow, label: 'one-slot', slots: 1, wrongShare: 0.4, scenarios: ['one-slot'] });
  }
  if (options.only.includes('defaults')) {
    plans.push({ ...slow, label: 'defaults', editorDefaults: true, scenarios: ['defaults'] });
  }
  return plans.filter((plan) => plan.scenarios.length > 0);
}

/** So that what is typed is what stands in the file. */
const EXACT_TYPING = {
  'editor.autoClosingBrackets': 'never',
  'editor.autoClosingQuotes': 'never',
  'editor.autoIndent': 'none',
  'editor.acceptSuggestionOnEnter': 'off',
  'editor.acceptSuggestionOnCommitCharacter': false,
  'editor.trimAutoWhitespace': false,
};

/** Real users' settings, but for the suggest widget's own ways of changing the text. */
const DEFAULT_TYPING = {
  'editor.acceptSuggestionOnEnter': 'off',
  'editor.acceptSuggestionOnCommitCharacter': false,
};

export interface MeasuredScenario extends ScenarioResult {
  readonly flickers: number;
  /** Whether the file held what was meant to be typed. */
  readonly exact: boolean;
  /** What happened, in the page's time: for finding causes. */
  readonly trace: readonly string[];
}

export type SessionResult = Partial<Record<ScenarioName, MeasuredScenario>>;

export async function runSession(
  plan: SessionPlan,
  extension: MeasuredExtension,
  oracle: OracleServer,
  options: { readonly seed: number; readonly roundsFactor: number; readonly screenshot: string | undefined },
): Promise<SessionResult> {
  const speed =
    extension.instantModel === true ? { ttftMs: 0, tokenMs: 0 } : { ttftMs: plan.ttftMs, tokenMs: TOKEN_MS };
  oracle.configure({ ...speed, slots: plan.slots, wrongShare: plan.wrongShare });
  const files = plan.scenarios.map((name, index) => {
    const target = plan.editorDefaults ? flatText() : inventoryText(index + (plan.ttftMs === SLOW_TTFT_MS ? 4 : 0));
    const offset = plan.editorDefaults ? target.indexOf('\n') + 1 : startOfTyping(target);
    return { name, target, offset, fileName: `${name}.ts` };
  });
  const session = await openSession({
    extensionFolder: extension.folder,
    settings: { ...(plan.editorDefaults ? DEFAULT_TYPING : EXACT_TYPING), ...extension.settings(oracle.url) },
    files: Object.fromEntries([...files, WARM_UP].map((file) => [file.fileName, file.target.slice(0, file.offset)])),
  });
  const results: SessionResult = {};
  try {
    const recorder = await createRecorder(session.page);
    await untilActive(() => session.times());
    oracle.configure({ targets: [WARM_UP.target] });
    await warmUp(session, recorder);
    for (const { name, target, offset, fileName } of files) {
      oracle.configure({ targets: [target] });
      await openFile(session.page, fileName);
      // VS Code looks at a new file for a while (TypeScript starts, colours arrive); typing begins after that.
      await sleep(1500);
      recorder.reset();
      oracle.takeRequests();
      const stage: Stage = {
        session,
        recorder,
        typist: createTypist(session.page, recorder),
        oracle,
        fileName,
        target,
        offset,
        closesBrackets: plan.editorDefaults,
      };
      const { run, rounds } = SCENARIOS[name];
      const scenarioOptions: ScenarioOptions = {
        seed: options.seed,
        rounds: Math.max(4, Math.round(rounds * options.roundsFactor)),
        wrongShare: plan.wrongShare,
      };
      const result = await run(stage, scenarioOptions);
      const keyTimes = recorder.keys.map((key) => key.at);
      const flickerTimes = flickers(recorder.ghosts.slice(1), keyTimes);
      if (options.screenshot !== undefined) {
        await session.page.screenshot({ path: `${options.screenshot}-${plan.label}-${name}.png` });
      }
      const text = await savedText(stage);
      const exact =
        text === target.slice(0, stage.offset) ||
        (plan.editorDefaults && text.startsWith(target.slice(0, stage.offset)));
      results[name] = {
        ...result,
        flickers: flickerTimes.length,
        exact,
        trace: traceOf(recorder, stage.oracle.requests, flickerTimes),
      };
    }
    return results;
  } finally {
    await session.close();
  }
}

/** One line per key, change on the screen, and request, in order. */
function traceOf(
  recorder: Recorder,
  requests: readonly OracleRequest[],
  flickerTimes: readonly number[],
): readonly string[] {
  const entries: { readonly at: number; readonly text: string }[] = [
    ...recorder.keys.map(({ at, key }) => ({ at, text: `key ${key}` })),
    ...recorder.ghosts.map((ghost) => {
      const name = flickerTimes.includes(ghost.at) ? 'flicker' : 'ghost';
      return {
        at: ghost.at,
        text: `${name} ${JSON.stringify(acceptedText(ghost))}${ghost.widget ? ' with widget' : ''}`,
      };
    }),
    ...requests.flatMap((request) => {
      const place = `#${request.id} at ${request.offset} after ${JSON.stringify(request.prefix.slice(-16))}`;
      const moments: readonly (readonly [string, number | undefined])[] = [
        [`request ${place}${request.warmUp ? ' (warm-up)' : ''}`, request.arrivedAt],
        [`first token of #${request.id}, ${request.verdict}`, request.firstTokenAt],
        [`first line of #${request.id}`, request.firstLineAt],
        [`end of #${request.id}, ${request.tokensSent} tokens`, request.finishedAt],
        [`abort of #${request.id}, ${request.tokensSent} tokens`, request.abortedAt],
      ];
      return moments.flatMap(([text, at]) => (at === undefined ? [] : [{ at: at - recorder.timeOrigin, text }]));
    }),
  ];
  return entries.sort((left, right) => left.at - right.at).map(({ at, text }) => `${at.toFixed(0)} ${text}`);
}

const WARM_UP = { fileName: 'warm-up.ts', target: inventoryText(8), offset: startOfTyping(inventoryText(8)) };

/** The first keys of a session pay for code that is compiled, and for TypeScript's server, which starts: not measured. */
async function warmUp(session: Session, recorder: Recorder): Promise<void> {
  await openFile(session.page, WARM_UP.fileName);
  await sleep(4000);
  const typist = createTypist(session.page, recorder);
  for (let round = 0; round < 3; round++) {
    await typist.type(WARM_UP.target.slice(WARM_UP.offset + round * 14, WARM_UP.offset + round * 14 + 14), 120);
    await recorder.waitFor((note) => note.inline !== '', 1500);
    await typist.rest(400);
  }
}

async function untilActive(times: () => unknown): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (times() !== undefined) {
      return;
    }
    await sleep(200);
  }
  throw new Error('The extension was not activated within a minute: does it have an activation event and its build?');
}
