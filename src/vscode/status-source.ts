/** What status bar and menu show, gathered from those who know it. */
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { Emitter, type Event } from '../base/event.ts';
import type { CompletionEngine } from '../completion/engine.ts';
import type { Profiles } from '../config/profiles.ts';
import type { Settings } from '../config/read-settings.ts';
import type { Predictor } from '../predictor/predictor.ts';
import type { Router } from '../router/router.ts';
import { isLanguageOn } from './languages-on.ts';
import { standInsOf } from './stand-ins.ts';
import type { StatusFacts } from './status-text.ts';
import { TYPED_SCHEMES } from './typed-schemes.ts';
import type { MoneyStatus } from './usage/money-status.ts';

export interface StatusSource extends Disposable {
  facts(): StatusFacts;
  readonly onDidChange: Event<void>;
}

export interface StatusSourceOptions {
  readonly engine: Pick<CompletionEngine, 'status' | 'onStatusChanged'>;
  readonly router: Pick<Router, 'completionRoute' | 'degradations' | 'onDegradationChanged'>;
  readonly profiles: Pick<Profiles, 'list' | 'find' | 'onDidChange'>;
  readonly predictor: Pick<Predictor, 'state' | 'onStateChanged'>;
  readonly settings: () => Settings;
  readonly money: Pick<MoneyStatus, 'facts' | 'onDidChange'>;
}

export function createStatusSource(options: StatusSourceOptions): StatusSource {
  const { engine, router, profiles, predictor, settings, money } = options;
  const store = new DisposableStore();
  const changed = store.add(new Emitter<void>());
  const fire = (): void => changed.fire();
  store.add(engine.onStatusChanged(fire));
  store.add(profiles.onDidChange(fire));
  store.add(predictor.onStateChanged(fire));
  store.add(money.onDidChange(fire));
  store.add(router.onDegradationChanged(fire));
  store.add(vscode.window.onDidChangeActiveTextEditor(fire));
  store.add(vscode.workspace.onDidOpenTextDocument(fire));
  return {
    facts: () => {
      const { status } = engine;
      const [route] = router.completionRoute();
      const profile = route === undefined ? undefined : profiles.find(route.providerId);
      const isEmbedded = profile?.definition.location === 'embedded';
      const languageId = activeLanguage();
      const { completion, privacy } = settings();
      return {
        status,
        // The embedded provider has one model, whose state is told apart.
        provider: profile && { label: profile.definition.label, model: isEmbedded ? undefined : route?.model },
        offForLanguage:
          languageId === undefined || isLanguageOn(completion.languages, languageId) ? undefined : languageId,
        workspaceModel: isEmbeddedOn(profiles) ? predictor.state : undefined,
        localOnly: privacy.localOnly,
        money: money.facts(),
        standIns: standInsOf(router, profiles),
      };
    },
    onDidChange: changed.event,
    dispose: () => store.dispose(),
  };
}

function isEmbeddedOn(profiles: Pick<Profiles, 'list'>): boolean {
  return profiles.list().some(({ definition }) => definition.location === 'embedded');
}

/** Reports, logs and the like have no ghost text anyway. */
function activeLanguage(): string | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document !== undefined && TYPED_SCHEMES.has(document.uri.scheme) ? document.languageId : undefined;
}
