/** The report behind `Reaper: Show What Left This Machine`: every request, newest first. */
import * as vscode from 'vscode';
import type { EgressEntry } from '../privacy/egress-log.ts';

export function egressText(entries: readonly EgressEntry[], localOnly: boolean): string {
  const sent = entries.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
  return [
    vscode.l10n.t('What left this machine since VS Code was started'),
    '',
    localOnly
      ? vscode.l10n.t('Local only is on: requests go to this machine and to the hosts in reaper.privacy.localHosts.')
      : vscode.l10n.t('Local only is off. Turn on reaper.privacy.localOnly to keep everything on this machine.'),
    entries.length === 0
      ? vscode.l10n.t('No request was sent.')
      : vscode.l10n.t('{0} requests, {1} bytes sent; newest first.', entries.length, sent),
    '',
    ...entries.toReversed().map(entryLine),
    '',
  ].join('\n');
}

function entryLine({ at, host, purpose, providerId, bytesSent, bytesReceived, status }: EgressEntry): string {
  return [
    new Date(at).toLocaleTimeString(),
    host,
    `${providerId} (${purpose})`,
    vscode.l10n.t('{0} bytes sent, {1} received', bytesSent, bytesReceived),
    status === undefined ? vscode.l10n.t('no answer') : String(status),
  ].join('  ');
}
