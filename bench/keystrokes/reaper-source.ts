/** Reaper from the engine to the socket: the real engine, router and llama.cpp provider, pointed at an oracle. */
import type { Clock } from '../../src/base/clock.ts';
import { Emitter } from '../../src/base/event.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { createCompletionEngine } from '../../src/completion/create-engine.ts';
import { createCompletionStatus } from '../../src/completion/status.ts';
import type { CompletionEngine, CompletionSettings } from '../../src/completion/engine.ts';
import { finishText } from '../../src/completion/finish/finish-text.ts';
import { findStreamEnd } from '../../src/completion/finish/stream-end.ts';
import { decideByText } from '../../src/completion/syntax/decide-by-text.ts';
import type { Syntax } from '../../src/completion/syntax/syntax.ts';
import { createRouter } from '../../src/router/create-router.ts';
import { defaultRouting } from '../../src/router/default-routing.ts';
import type { ProviderProfile } from '../../src/router/provider-definition.ts';
import { llamaCpp } from '../../src/router/providers/llama-cpp.ts';
import type { Router } from '../../src/router/router.ts';
import type { GhostSource } from './ghost-source.ts';

export interface ServedModel {
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
  readonly baseUrl: string;
}

/** The defaults of `reaper.completion.*`. */
const SETTINGS: CompletionSettings = {
  enabled: true,
  languages: { '*': true },
  disabledFiles: [],
  inComments: true,
  inStrings: true,
  multiLine: 'auto',
  maxLines: 12,
  maxOutputTokens: 128,
  promptTokens: 2500,
};

/** Without the worker and its trees, whose answers come in real time. */
const SYNTAX_BY_TEXT: Syntax = {
  analyze: (query) => Promise.resolve(decideByText(query)),
  analyzeNow: decideByText,
  dispose: () => undefined,
};

/** A router with one provider, probed, so that the first key is served like any other. */
export async function createServedRouter(model: ServedModel): Promise<Router> {
  const profile: ProviderProfile = {
    definition: llamaCpp,
    enabled: true,
    baseUrl: model.baseUrl,
    completionModel: undefined,
    chatModel: undefined,
    options: {},
    headers: {},
    fimFamily: undefined,
    parallelRequests: undefined,
    credentials: () => Promise.resolve([]),
  };
  // The protocol's code is loaded on first use, in real time: before the clock starts.
  await profile.definition.wire();
  const profiles = [profile];
  return createRouter({
    profiles: { list: () => profiles, onDidChange: new Emitter<void>().event },
    egress: { check: () => undefined, record: () => undefined },
    fetch: model.fetch,
    clock: model.clock,
    logger: silentLogger,
    routing: () => defaultRouting,
  });
}

export function createReaperSource(clock: Clock, router: Router): GhostSource & { readonly engine: CompletionEngine } {
  const settings = (): CompletionSettings => SETTINGS;
  const onSettingsChanged = new Emitter<CompletionSettings>().event;
  const engine = createCompletionEngine({
    router,
    status: createCompletionStatus({ router, settings, onSettingsChanged, clock }),
    privacy: { mayRead: () => ({ allowed: true }), withoutSecrets: (text) => text, hasSecret: () => false },
    syntax: SYNTAX_BY_TEXT,
    finish: finishText,
    findStreamEnd,
    gatherContext: () => Promise.resolve([]),
    relativePath: (path) => path.slice(1),
    settings,
    onSettingsChanged,
    clock,
    logger: silentLogger,
  });
  return {
    name: 'Reaper',
    engine,
    documentChanged: (change) => engine.documentChanged(change),
    provide: (query, signal) => engine.provide(query, signal),
    accepted: (id) => engine.accepted(id),
    onLateResult: engine.onLateResult,
    dispose: () => engine.dispose(),
  };
}
