/** The `reaper.toml` files of the user and of the workspace: followed while they change, the workspace's only once it is trusted. */
import { unwatchFile, watchFile } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { Emitter, type Event } from '../base/event.ts';
import type { SettingsLayer } from '../config/layered-settings.ts';
import { createTomlCode, type LazyTomlReader, type TomlCode } from '../config/toml/toml-code.ts';
import { isTomlThere, TOML_NAME, type TomlPlace, userTomlPath } from '../config/toml/toml-places.ts';
import type { TomlProblem } from '../config/toml/toml-problem.ts';
import { createTomlSource, type TomlSource } from '../config/toml/toml-source.ts';

export interface TomlFiles extends Disposable {
  /** Weakest first. */
  layers(): readonly SettingsLayer[];
  problems(): readonly TomlProblem[];
  /** All that are looked at, there or not. */
  files(): readonly { readonly path: string; readonly isThere: boolean; readonly ofWorkspace: boolean }[];
  readonly onDidChange: Event<void>;
}

export interface TomlStart {
  readonly code: TomlCode;
  /** Until the code is there, if a file is that counts now: what it forbids has to hold before anything is sent. */
  readonly loading: Promise<void> | undefined;
}

export function startToml(): TomlStart {
  const code = createTomlCode();
  const isThere = [userPlace(), workspacePlace()].some((place) => place !== undefined && isTomlThere(place));
  return { code, loading: isThere ? code.load() : undefined };
}

export function createTomlFiles(lazyReader: LazyTomlReader, clock: Clock): TomlFiles {
  const store = new DisposableStore();
  const changed = store.add(new Emitter<void>());
  const follow = (place: TomlPlace): TomlSource => {
    const source = createTomlSource({ place, lazyReader, watch, clock });
    source.onDidChange(() => changed.fire());
    return source;
  };
  const user = store.add(follow(userPlace()));
  let workspace: TomlSource | undefined;

  const followWorkspace = (): void => {
    const place = workspacePlace();
    if (place?.path !== workspace?.path) {
      workspace?.dispose();
      workspace = place === undefined ? undefined : follow(place);
    }
  };
  const update = (): void => {
    followWorkspace();
    changed.fire();
  };
  followWorkspace();
  if (!vscode.workspace.isTrusted) {
    // With trust the file counts at once, and then there is no time for it. Whether there is a file is not looked at before.
    lazyReader.load().catch(() => undefined);
  }
  store.add(vscode.workspace.onDidGrantWorkspaceTrust(update));
  store.add(vscode.workspace.onDidChangeWorkspaceFolders(update));
  store.add({ dispose: () => workspace?.dispose() });

  const sources = (): readonly TomlSource[] => (workspace === undefined ? [user] : [user, workspace]);
  return {
    layers: () => sources().map((source) => source.values()),
    problems: () => sources().flatMap((source) => source.problems()),
    files: () =>
      sources().map((source) => ({ path: source.path, isThere: source.isThere(), ofWorkspace: source !== user })),
    onDidChange: changed.event,
    dispose: () => store.dispose(),
  };
}

function userPlace(): TomlPlace {
  return { path: userTomlPath(), workspaceFolder: undefined };
}

/** Of the first folder: two files that contradict each other would help nobody. */
function workspacePlace(): TomlPlace | undefined {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath;
  return folder === undefined || !vscode.workspace.isTrusted
    ? undefined
    : { path: join(folder, TOML_NAME), workspaceFolder: folder };
}

function watch({ path, workspaceFolder }: TomlPlace, listener: () => void): Disposable {
  if (workspaceFolder === undefined) {
    return watchByLooking(path, listener);
  }
  const pattern = new vscode.RelativePattern(vscode.Uri.file(dirname(path)), basename(path));
  const store = new DisposableStore();
  const watcher = store.add(vscode.workspace.createFileSystemWatcher(pattern));
  store.add(watcher.onDidChange(listener));
  store.add(watcher.onDidCreate(listener));
  store.add(watcher.onDidDelete(listener));
  return store;
}

/** One look at one file; whoever saves it goes back to the editor after that. */
const LOOK_EVERY_MS = 1000;

/** The editor's watcher does not notice a file whose folder is not there yet, and this one seldom is. */
function watchByLooking(path: string, listener: () => void): Disposable {
  watchFile(path, { interval: LOOK_EVERY_MS, persistent: false }, listener);
  return { dispose: () => unwatchFile(path, listener) };
}
