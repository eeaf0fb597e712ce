/** What is done in the editor and what is counted: the rows of issue 2 §6. */
import { shareAt, seededRandom } from '../oracle/random.ts';
import { acceptRight, enter, latencyToRight, placeOf, predictable, typeOn, type Stage } from './stage.ts';
import { isRight, restOfLine, rightTime, shownAt } from './observe.ts';

export interface ScenarioResult {
  /** Waits for the right text, in milliseconds; `Infinity` where it never came. */
  readonly waitsMs: readonly number[];
  /** For each key or pause: whether the right text was up. */
  readonly right: readonly boolean[];
  readonly rightTimeShare: number | undefined;
  readonly requests: number;
  readonly characters: number;
}

export interface ScenarioOptions {
  readonly seed: number;
  /** How many stops, pauses or accepts. */
  readonly rounds: number;
  readonly wrongShare: number;
}

export type Scenario = (stage: Stage, options: ScenarioOptions) => Promise<ScenarioResult>;

/** A user who types at an even pace; from typing studies, 120 ms a key is a fluent typist (100 words a minute). */
const STEADY_KEY_MS = 120;
/** The pace inside a burst. */
/** Some two seconds. */
const RUN_IN_KEYS = 18;
const BURST_KEY_MS = 45;
const BURST_PAUSE_MS = 450;
/** After this the right text counts as never shown. */
const GIVE_UP_MS = 3000;

/** Types 6 to 24 characters, stops until the right text is up, reads for a moment, goes on. */
export const stops: Scenario = async (stage, options) => {
  const random = seededRandom(options.seed);
  const waitsMs: number[] = [];
  const right: boolean[] = [];
  const start = stage.offset;
  for (let round = 0; round < options.rounds; round++) {
    const until = knownPlace(stage.target, stage.offset + 6 + Math.floor(random() * 19), options.wrongShare);
    if (until >= stage.target.length) {
      break;
    }
    const times = await typeOn(stage, until - stage.offset, STEADY_KEY_MS);
    waitsMs.push(await latencyToRight(stage, times.at(-1) ?? 0, GIVE_UP_MS));
    await stage.typist.rest(300 + random() * 500);
    right.push(isRight(stage.recorder.current, { target: stage.target, offset: stage.offset }));
  }
  return {
    waitsMs,
    right,
    rightTimeShare: undefined,
    requests: countRequests(stage),
    characters: stage.offset - start,
  };
};

/** A file that nobody has asked about: types 3 to 8 characters at the start of a line and stops. */
export const coldStops: Scenario = async (stage, options) => {
  const random = seededRandom(options.seed + 2);
  const waitsMs: number[] = [];
  let characters = 0;
  for (let round = 0; round < options.rounds && round < stage.files.length; round++) {
    if (round > 0) {
      await enter(stage, round);
    }
    const until = predictable(stage.target, stage.offset + 3 + Math.floor(random() * 6));
    characters += until - stage.offset;
    const times = await typeOn(stage, until - stage.offset, STEADY_KEY_MS);
    waitsMs.push(await latencyToRight(stage, times.at(-1) ?? 0, GIVE_UP_MS));
    await stage.typist.rest(300);
  }
  return { waitsMs, right: [], rightTimeShare: undefined, requests: countRequests(stage), characters };
};

/** Types without a pause; looks just before each key whether the right text is up. */
export const steady: Scenario = async (stage, options) => {
  // The first line of a file that nobody has asked about says how fast the model is, which the stops say already.
  await typeOn(stage, RUN_IN_KEYS, STEADY_KEY_MS);
  const requestsBefore = countRequests(stage);
  const start = stage.offset;
  const length = options.rounds * 12;
  const times = await typeOn(stage, length, STEADY_KEY_MS);
  const right: boolean[] = [];
  let rightMs = 0;
  let totalMs = 0;
  for (let index = 0; index + 1 < times.length; index++) {
    const place = { target: stage.target, offset: start + index + 1 };
    const [from = 0, until = 0] = [times[index], times[index + 1]];
    if (restOfLine(place).trim() === '') {
      continue;
    }
    right.push(isRight(shownAt(stage.recorder.ghosts, until), place));
    rightMs += rightTime(stage.recorder.ghosts, place, from, until);
    totalMs += until - from;
  }
  return {
    waitsMs: [],
    right,
    rightTimeShare: rightMs / totalMs,
    requests: countRequests(stage) - requestsBefore,
    characters: length,
  };
};

/** Fast bursts of 5 to 14 keys with short pauses; looks at the end of each pause. */
export const bursts: Scenario = async (stage, options) => {
  const random = seededRandom(options.seed + 1);
  const start = stage.offset;
  const right: boolean[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const until = predictable(stage.target, stage.offset + 5 + Math.floor(random() * 10));
    if (until >= stage.target.length) {
      break;
    }
    await typeOn(stage, until - stage.offset, BURST_KEY_MS);
    await stage.typist.rest(BURST_PAUSE_MS);
    right.push(isRight(stage.recorder.current, placeOf(stage)));
  }
  return {
    waitsMs: [],
    right,
    rightTimeShare: undefined,
    requests: countRequests(stage),
    characters: stage.offset - start,
  };
};

/** Accepts the right text a fixed time after it shows, and waits for the next. */
export function accepts(afterMs: number): Scenario {
  return async (stage, options) => {
    const start = stage.offset;
    const waitsMs: number[] = [];
    await typeOn(stage, predictable(stage.target, stage.offset + 2) - stage.offset, STEADY_KEY_MS);
    await latencyToRight(stage, 0, GIVE_UP_MS);
    while (waitsMs.length < options.rounds && stage.target.slice(stage.offset).trim() !== '') {
      await stage.typist.rest(afterMs);
      const keyAt = await acceptRight(stage);
      if (keyAt === undefined) {
        // Nothing to accept: types on until there is.
        await typeOn(stage, 1, STEADY_KEY_MS);
        await latencyToRight(stage, stage.recorder.pageNow(), 600);
        continue;
      }
      if (stage.target.slice(stage.offset).trim() !== '') {
        waitsMs.push(await latencyToRight(stage, keyAt, GIVE_UP_MS));
      }
    }
    return {
      waitsMs,
      right: [],
      rightTimeShare: undefined,
      requests: countRequests(stage),
      characters: stage.offset - start,
    };
  };
}

/** A place where the oracle answers rightly: where the model is wrong, no client can show the right text. */
function knownPlace(target: string, wanted: number, wrongShare: number): number {
  let offset = predictable(target, wanted);
  while (offset < target.length && shareAt(offset, 1) < wrongShare) {
    offset = predictable(target, offset + 1);
  }
  return offset;
}

function countRequests(stage: Stage): number {
  return stage.oracle.requests.filter((request) => !request.warmUp).length;
}
