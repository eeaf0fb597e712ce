/** The settings that keep things on this machine: what may be sent, and where keys come from. */
import { booleanSetting, textListSetting } from './setting.ts';

export const privacySettings = {
  localOnly: booleanSetting(false, {
    combine: (levels) => levels.includes(true),
    description:
      'Send nothing beyond this machine and the hosts in `#reaper.privacy.localHosts#`. A workspace can turn this on, but not off.',
  }),
  localHosts: textListSetting([], {
    scope: 'machine',
    description:
      'Hosts that count as local when `#reaper.privacy.localOnly#` is on, besides this machine: host names or addresses, for example `gpu.lan` or `192.168.1.20`.',
  }),
  excludedFiles: textListSetting([], {
    combine: (levels) => [...new Set(levels.flat())],
    description:
      'Files that are never read for suggestions nor sent to a model: glob patterns of workspace-relative paths. They are added to `.gitignore`, `.reaperignore` and the built-in patterns for secrets; the patterns of user and workspace settings count together.',
  }),
};

export const keySettings = {
  useEnvironment: booleanSetting(false, {
    scope: 'machine',
    description:
      'Use environment variables: API keys, for example `OPENAI_API_KEY`, after the stored ones; and settings, for example `REAPER_ROUTING_K=3` for `#reaper.routing.k#`.',
  }),
};
