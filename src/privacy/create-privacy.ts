/** Puts the parts of privacy together: which files may be read, which text may leave, and where to. */
import { homedir } from 'node:os';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { Emitter, type Event } from '../base/event.ts';
import { createEgress, type EgressPolicy, type EgressSettings } from './egress-policy.ts';
import { currentPlatform, normalizePath, type PathPlatform, placeOf } from './file-paths.ts';
import { diskReader, type FileReader } from './file-reader.ts';
import { createIgnoreFiles, type PrivacyWorkspace } from './ignore-files.ts';
import type { FileVerdict, WorkspacePrivacy } from './privacy.ts';
import { createSecretFiles, type SecretFiles } from './secret-files.ts';
import { hasSecret, secretFreeWindow, withoutSecrets } from './secrets.ts';

export interface PrivacySettings extends EgressSettings {
  /** `reaper.privacy.excludedFiles` */
  readonly excludedFiles: readonly string[];
}

export interface PrivacyOptions {
  readonly workspace: PrivacyWorkspace;
  /** Read at each question, so that a change counts at once. */
  readonly settings: () => PrivacySettings;
  readonly onSettingsChanged?: Event<void>;
  readonly clock: Clock;
  readonly reader?: FileReader;
  readonly platform?: PathPlatform;
  /** Where git's global excludes are looked for; `undefined` leaves them out. */
  readonly homeFolder?: string | undefined;
}

export interface PrivacyService extends WorkspacePrivacy, Disposable {
  readonly egress: EgressPolicy;
  /** What is wrong with the settings, in the user's words. */
  problems(): readonly string[];
}

export function createPrivacy(options: PrivacyOptions): PrivacyService {
  const { workspace, settings, clock } = options;
  const platform = options.platform ?? currentPlatform();
  const store = new DisposableStore();
  const verdictsChanged = store.add(new Emitter<void>());
  const ignoreFiles = store.add(
    createIgnoreFiles({
      workspace,
      clock,
      platform,
      reader: options.reader ?? diskReader,
      homeFolder: 'homeFolder' in options ? options.homeFolder : homedir(),
    }),
  );
  const egress = store.add(createEgress({ settings, clock }));
  store.add(ignoreFiles.onChanged(() => verdictsChanged.fire()));
  if (options.onSettingsChanged !== undefined) {
    store.add(options.onSettingsChanged(() => verdictsChanged.fire()));
  }

  let compiled: { readonly globs: readonly string[]; readonly files: SecretFiles } | undefined;
  const secretFiles = (): SecretFiles => {
    const globs = settings().excludedFiles;
    if (compiled === undefined || compiled.globs.join('\n') !== globs.join('\n')) {
      compiled = { globs: [...globs], files: createSecretFiles(globs, platform) };
    }
    return compiled.files;
  };

  /** By name, of the path and of what it links to. */
  const byName = (path: string): FileVerdict => {
    const folders = workspace.folders.map((folder) => normalizePath(folder, platform));
    const verdict = secretFiles().verdict(path, folders);
    const target = ignoreFiles.realPath(path);
    return verdict.allowed && target !== undefined && target !== path
      ? secretFiles().verdict(target, folders)
      : verdict;
  };

  const judge = (uri: string, ignored: (path: string) => FileVerdict): FileVerdict => {
    const place = placeOf(uri, platform);
    switch (place.type) {
      case 'unsaved':
        return { allowed: true };
      case 'elsewhere':
        return { allowed: false, reason: place.reason };
      case 'file': {
        // First what the ignore files say: it tells whether the path is a link.
        const verdict = ignored(place.path);
        return verdict.allowed ? byName(place.path) : verdict;
      }
    }
  };

  return {
    mayRead: (uri) => judge(uri, (path) => ignoreFiles.verdict(path)),
    readAhead: async (uri) => {
      const place = placeOf(uri, platform);
      if (place.type === 'file') {
        await ignoreFiles.readAhead(place.path);
      }
      return judge(uri, (path) => ignoreFiles.verdict(path));
    },
    onVerdictsChanged: verdictsChanged.event,
    withoutSecrets,
    withoutSecretsIn: secretFreeWindow,
    hasSecret,
    egress,
    problems: () => [...egress.problems(), ...secretFiles().problems],
    dispose: () => store.dispose(),
  };
}
