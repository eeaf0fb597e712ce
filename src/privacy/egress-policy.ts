/** The rule on where requests may go, and the record of where they went; the router asks through its `Egress` port. */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { ReaperError } from '../base/errors.ts';
import { createEgressLog, type EgressLog, hostOf, type SentRequest } from './egress-log.ts';
import { createLocalHosts, type LocalHosts } from './local-hosts.ts';

export interface EgressSettings {
  /** `reaper.privacy.localOnly` */
  readonly localOnly: boolean;
  /** `reaper.privacy.localHosts` */
  readonly localHosts: readonly string[];
}

export interface EgressOptions {
  /** Read at each request, so that a change counts at once. */
  readonly settings: () => EgressSettings;
  readonly clock: Clock;
}

/** Fits the router's `Egress`; `test/privacy` holds it to that. */
export interface EgressPolicy extends Disposable {
  /** Throws `ReaperError('privacy')` if the settings forbid the host. */
  check(request: { readonly url: string }): void;
  record(request: SentRequest): void;
  readonly log: EgressLog;
  /** What is wrong with `reaper.privacy.localHosts`. */
  problems(): readonly string[];
}

export function createEgress({ settings, clock }: EgressOptions): EgressPolicy {
  const log = createEgressLog(clock);
  let parsed: { readonly listed: readonly string[]; readonly hosts: LocalHosts } | undefined;
  const localHosts = (): LocalHosts => {
    const listed = settings().localHosts;
    if (parsed === undefined || parsed.listed.join('\n') !== listed.join('\n')) {
      parsed = { listed: [...listed], hosts: createLocalHosts(listed) };
    }
    return parsed.hosts;
  };
  return {
    log,
    check: ({ url }) => {
      if (settings().localOnly && !localHosts().isLocal(url)) {
        throw new ReaperError(
          'privacy',
          `Nothing is sent to ${hostOf(url)} because reaper.privacy.localOnly is on. Turn it off, or name the host in reaper.privacy.localHosts.`,
        );
      }
    },
    record: (request) => log.add(request),
    problems: () => localHosts().problems,
    dispose: () => log.dispose(),
  };
}
