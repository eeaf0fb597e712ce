/** The result of a connection test in the user's words, and what would put a failure right. */
import * as vscode from 'vscode';
import type { ProviderDefinition } from '../router/provider-definition.ts';
import type { FimMode, ProbeResult } from '../router/wire.ts';

export type Fix = 'set-key' | 'set-address' | 'select-model' | 'open-privacy';

export interface TestedProvider {
  readonly definition: Pick<ProviderDefinition, 'id' | 'label' | 'auth' | 'location' | 'isAddressFixed'> & {
    readonly capabilities?: Pick<ProviderDefinition['capabilities'], 'fim'>;
  };
  readonly baseUrl: string | undefined;
  readonly completionModel: string | undefined;
}

export interface ProbeText {
  readonly ok: boolean;
  /** One sentence. */
  readonly headline: string;
  /** One line for each thing that was tried. */
  readonly details: readonly string[];
  readonly fix: Fix | undefined;
}

export function probeText(provider: TestedProvider, result: ProbeResult): ProbeText {
  const { label, location } = provider.definition;
  const failure = failureOf(provider, result);
  if (location === 'embedded' && failure === undefined) {
    // There is no way to it, no key and no choice of models.
    const details = [fimDetail(result.fim)];
    return { ok: true, headline: vscode.l10n.t('{0} is ready.', label), details, fix: undefined };
  }
  const model = provider.completionModel ?? result.model;
  const details = [
    result.reachable
      ? vscode.l10n.t('Reachable, {0} ms for one round trip.', Math.round(result.roundTripMs))
      : vscode.l10n.t('Not reachable.'),
    ...keyDetail(result.keyAccepted),
    ...modelDetail(model, result),
    ...(result.reachable ? [fimDetail(result.fim)] : []),
    ...(result.slots === undefined ? [] : [vscode.l10n.t('Works on {0} requests at once.', result.slots)]),
  ];
  if (failure !== undefined) {
    return { ok: false, headline: `${label}: ${failure.reason}`, details, fix: failure.fix };
  }
  const headline =
    model === undefined
      ? vscode.l10n.t('{0} is ready ({1} ms).', label, Math.round(result.roundTripMs))
      : vscode.l10n.t('{0} is ready with {1} ({2} ms).', label, model, Math.round(result.roundTripMs));
  return { ok: true, headline, details, fix: undefined };
}

function failureOf(
  { definition, baseUrl }: TestedProvider,
  { reachable, keyAccepted, modelPresent, fim, problem }: ProbeResult,
): { readonly reason: string; readonly fix: Fix | undefined } | undefined {
  if (!reachable) {
    const reason =
      problem ?? vscode.l10n.t('no answer from {0}.', baseUrl ?? vscode.l10n.t('an address that is not set'));
    return { reason, fix: isAddressOurs(definition) ? 'set-address' : undefined };
  }
  if (keyAccepted === false) {
    const fix = definition.auth === 'none' ? undefined : 'set-key';
    return { reason: problem ?? vscode.l10n.t('the key was not accepted.'), fix };
  }
  if (modelPresent === false) {
    return { reason: problem ?? vscode.l10n.t('the server does not have the model.'), fix: 'select-model' };
  }
  // Of one that only chats, nobody expects it.
  if (fim.type === 'none' && definition.capabilities?.fim !== 'none') {
    return { reason: problem ?? vscode.l10n.t('the model cannot complete code.'), fix: 'select-model' };
  }
  return problem === undefined ? undefined : { reason: problem, fix: undefined };
}

/** What runs in the extension has none, and the editor's models have one that nobody can set. */
function isAddressOurs({ location, isAddressFixed }: TestedProvider['definition']): boolean {
  return location !== 'embedded' && isAddressFixed !== true;
}

function keyDetail(accepted: boolean | undefined): readonly string[] {
  if (accepted === undefined) {
    return [];
  }
  return [accepted ? vscode.l10n.t('The key is accepted.') : vscode.l10n.t('The key is not accepted.')];
}

function modelDetail(model: string | undefined, { modelPresent, models }: ProbeResult): readonly string[] {
  if (modelPresent === undefined || model === undefined) {
    return models.length === 0 ? [] : [vscode.l10n.t('{0} models are listed.', models.length)];
  }
  return [
    modelPresent
      ? vscode.l10n.t('The model {0} is there.', model)
      : vscode.l10n.t('The model {0} is not there; listed: {1}.', model, shortList(models)),
  ];
}

/** A server may list hundreds; ten are enough to see what kind they are. */
const LISTED_MODELS = 10;

function shortList(models: readonly string[]): string {
  if (models.length === 0) {
    return vscode.l10n.t('none');
  }
  return models.length > LISTED_MODELS ? `${models.slice(0, LISTED_MODELS).join(', ')}, …` : models.join(', ');
}

function fimDetail(fim: FimMode): string {
  switch (fim.type) {
    case 'native':
      return vscode.l10n.t('Completes inside code natively.');
    case 'template':
      return vscode.l10n.t('Completes inside code through the template of {0}.', fim.family);
    case 'hole-filler':
      return vscode.l10n.t('Completes inside code by chat answers.');
    case 'none':
      return vscode.l10n.t('Cannot complete inside code.');
  }
}
