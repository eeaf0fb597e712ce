/** What the doctor says of the surroundings: versions, proxy, files, what the platform can do. */
import { arch, homedir, platform, release } from 'node:os';
import * as vscode from 'vscode';
import { proxyVariables } from '../../config/proxy-variables.ts';
import type { Settings } from '../../config/read-settings.ts';
import type { TomlFiles } from '../reaper-toml.ts';
import { placedText } from '../toml-diagnostics.ts';
import type { ReportSection } from './doctor-text.ts';

export interface Surroundings {
  readonly version: string;
  readonly settings: () => Settings;
  /** Each in the user's words. */
  readonly settingProblems: () => readonly string[];
  readonly tomlFiles: Pick<TomlFiles, 'files' | 'problems'>;
}

export async function environmentSections(surroundings: Surroundings): Promise<readonly ReportSection[]> {
  return [
    { title: vscode.l10n.t('Settings'), lines: settingsLines(surroundings) },
    { title: vscode.l10n.t('Surroundings'), lines: await platformLines(surroundings.version) },
    { title: vscode.l10n.t('Network'), lines: networkLines() },
  ];
}

function settingsLines({ settings, settingProblems, tomlFiles }: Surroundings): readonly string[] {
  const { routing, privacy, keys } = settings();
  return [
    vscode.l10n.t('Strategy: {0} for ghost text, {1} for chat', routing.completionStrategy, routing.chatStrategy),
    privacy.localOnly
      ? vscode.l10n.t('Local only: on; nothing is sent beyond this machine and the listed hosts')
      : vscode.l10n.t('Local only: off'),
    keys.useEnvironment
      ? vscode.l10n.t('Keys and settings from environment variables: used')
      : vscode.l10n.t('Keys and settings from environment variables: not used'),
    routing.responseCache ? vscode.l10n.t('Response cache: on') : vscode.l10n.t('Response cache: off'),
    ...tomlFiles
      .files()
      .map(({ path, isThere }) =>
        isThere
          ? vscode.l10n.t('{0}: in use', fromHome(path))
          : vscode.l10n.t('{0}: not there, and it need not be', fromHome(path)),
      ),
    ...(vscode.workspace.isTrusted
      ? []
      : [vscode.l10n.t('This workspace is not trusted: its reaper.toml and its choice of models are not used.')]),
    ...tomlFiles.problems().map((problem) => placedText({ ...problem, path: fromHome(problem.path) })),
    ...settingProblems(),
  ];
}

/** The report may be shown to others; the name of the user is no business of theirs. */
function fromHome(path: string): string {
  const home = homedir();
  return path.startsWith(home) ? `~${path.slice(home.length)}` : path;
}

async function platformLines(version: string): Promise<readonly string[]> {
  const { appName, remoteName, uiKind } = vscode.env;
  return [
    `Reaper ${version}`,
    `${appName} ${vscode.version}`,
    `${platform()} ${release()} ${arch()}, Node ${process.versions.node}`,
    remoteName === undefined
      ? vscode.l10n.t('Runs on this machine')
      : vscode.l10n.t('Runs on the remote machine ({0})', remoteName),
    ...(uiKind === vscode.UIKind.Web ? [vscode.l10n.t('The window is a browser')] : []),
    await sqliteLine(),
  ];
}

async function sqliteLine(): Promise<string> {
  try {
    await import('node:sqlite');
    return vscode.l10n.t('SQLite: {0}', process.versions['sqlite'] ?? vscode.l10n.t('there'));
  } catch {
    return vscode.l10n.t('SQLite: missing; what is spent is counted for this session only');
  }
}

/** Whether they are set, and never to what: proxies are given with passwords. */
function networkLines(): readonly string[] {
  const http = vscode.workspace.getConfiguration('http');
  const isSet = (value: unknown): string =>
    typeof value === 'string' && value !== '' ? vscode.l10n.t('set') : vscode.l10n.t('not set');
  const variables = proxyVariables();
  return [
    vscode.l10n.t('http.proxy: {0}', isSet(http.get('proxy'))),
    vscode.l10n.t('http.proxySupport: {0}', String(http.get('proxySupport') ?? '')),
    vscode.l10n.t('http.proxyStrictSSL: {0}', String(http.get('proxyStrictSSL') ?? '')),
    variables.length === 0
      ? vscode.l10n.t('Proxy variables of the environment: none')
      : vscode.l10n.t('Proxy variables of the environment: {0}', variables.join(', ')),
  ];
}
