/** The list of providers to choose from, with what is set up and what is missing. */
import * as vscode from 'vscode';
import type { Profiles } from '../config/profiles.ts';
import { baseUrlOf } from '../router/probes.ts';
import type { ProviderProfile } from '../router/provider-definition.ts';
import type { ProviderHealth } from '../router/router.ts';

type KnownProfiles = Pick<Profiles, 'list' | 'isSetUp' | 'keySource'>;

interface ProviderItem extends vscode.QuickPickItem {
  readonly picked?: boolean;
  readonly choice: ProviderProfile | 'extra';
}

/** Resolves with `extra` for the first entry, where there is one, and with `undefined` when the user gave up. */
export async function pickProvider(
  profiles: KnownProfiles,
  offered: readonly ProviderProfile[],
  placeHolder: string,
  extra?: { readonly label: string; readonly description?: string },
  health: readonly ProviderHealth[] = [],
): Promise<ProviderProfile | 'extra' | undefined> {
  const items: ProviderItem[] = offered.map((profile) => providerItem(profiles, profile, health));
  if (extra !== undefined) {
    items.unshift({ ...extra, choice: 'extra' });
  }
  const chosen = await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true });
  return chosen?.choice;
}

function providerItem(
  profiles: KnownProfiles,
  profile: ProviderProfile,
  health: readonly ProviderHealth[],
): ProviderItem {
  const inUse = profiles.list().includes(profile);
  const { label, location } = profile.definition;
  return {
    label: `$(${iconOf(profile, inUse)}) ${label}`,
    description: providerStateText(profiles, profile),
    ...(location !== 'embedded' && baseUrlOf(profile) !== undefined && { detail: detailText(profile, health) }),
    choice: profile,
  };
}

/** Where it is, and what is wrong with it. */
function detailText(profile: ProviderProfile, health: readonly ProviderHealth[]): string {
  const { definition } = profile;
  const baseUrl = baseUrlOf(profile) ?? '';
  const problem = health.find(({ providerId }) => providerId === definition.id)?.problem;
  return problem === undefined ? baseUrl : `${baseUrl}: ${problem}`;
}

function iconOf(profile: ProviderProfile, inUse: boolean): string {
  if (inUse) {
    return 'check';
  }
  switch (profile.definition.location) {
    case 'embedded':
      return 'package';
    case 'local':
      return 'device-desktop';
    case 'remote':
      return 'cloud';
  }
}

/** What is set up, or what is missing. */
function providerStateText(profiles: KnownProfiles, profile: ProviderProfile): string {
  const { definition } = profile;
  if (!profile.enabled) {
    return vscode.l10n.t('switched off');
  }
  if (definition.location === 'embedded') {
    return vscode.l10n.t('embedded, needs neither key nor network');
  }
  if (baseUrlOf(profile) === undefined) {
    return vscode.l10n.t('needs an address');
  }
  const source = profiles.keySource(definition.id);
  switch (source.type) {
    case 'stored':
      return vscode.l10n.t('key stored');
    case 'environment':
      return vscode.l10n.t('key from {0}', source.variable);
    case 'account':
      return vscode.l10n.t('signed in as {0}', source.name);
    case 'none':
      if (definition.auth === 'sign-in') {
        return vscode.l10n.t('needs a sign-in');
      }
      if (definition.auth === 'optional-sign-in') {
        return vscode.l10n.t('not signed in');
      }
      if (definition.auth === 'api-key-or-sign-in') {
        return vscode.l10n.t('needs a key or a sign-in');
      }
      if (definition.auth === 'api-key') {
        return vscode.l10n.t('needs a key');
      }
      return definition.discover ? vscode.l10n.t('found by itself when it runs') : vscode.l10n.t('no key set');
  }
}
