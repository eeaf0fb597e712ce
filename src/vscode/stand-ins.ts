/** Providers that answer in place of the first choice, in the words that the status bar and the doctor share. */
import * as vscode from 'vscode';
import type { Profiles } from '../config/profiles.ts';
import type { Router } from '../router/router.ts';

export interface StandIn {
  readonly use: 'completion' | 'chat';
  /** Labels, as the user knows them. */
  readonly wanted: string;
  readonly instead: string;
  readonly reason: string;
}

export function standInsOf(router: Pick<Router, 'degradations'>, profiles: Pick<Profiles, 'find'>): readonly StandIn[] {
  return router.degradations().map(({ use, wanted, instead, reason }) => ({
    use,
    wanted: labelOf(profiles, wanted.providerId),
    instead: labelOf(profiles, instead.providerId),
    reason,
  }));
}

export function standInText({ use, wanted, instead, reason }: StandIn): string {
  return use === 'completion'
    ? vscode.l10n.t('Degraded: ghost text comes from {0} instead of {1}: {2}', instead, wanted, reason)
    : vscode.l10n.t('Degraded: chat is answered by {0} instead of {1}: {2}', instead, wanted, reason);
}

export function labelOf(profiles: Pick<Profiles, 'find'>, providerId: string): string {
  return profiles.find(providerId)?.definition.label ?? providerId;
}
