/** Which failed request deserves a notification, and what its button does: once for each provider and kind of problem. */
import type { ErrorKind } from '../base/errors.ts';
import { dayOf } from '../ledger/calendar.ts';
import type { RequestRecord } from '../router/request-record.ts';

export type NoticeAction =
  'set-key' | 'open-provider-settings' | 'open-privacy' | 'test' | 'select-provider' | 'show-usage';

export interface Notice {
  readonly providerId: string;
  readonly message: string;
  readonly action: NoticeAction;
}

export interface NoticePolicy {
  /** The notification that this record gives reason for, if any. */
  judge(record: RequestRecord): Notice | undefined;
  /** After a change of settings or keys the same problem would be news. */
  forget(): void;
}

export function createNoticePolicy(): NoticePolicy {
  const told = new Set<string>();
  return {
    judge: ({ providerId, outcome, startedAt }) => {
      if (outcome.type === 'finished') {
        for (const key of told) {
          // Servers that come and go are told of once; keys that stop working after they worked are news.
          if (key.startsWith(`${providerId} `) && !key.endsWith(' network')) {
            told.delete(key);
          }
        }
        return undefined;
      }
      const action = outcome.type === 'failed' ? actionFor(outcome.kind) : undefined;
      if (outcome.type !== 'failed' || action === undefined) {
        return undefined;
      }
      // A limit holds for all providers; it is said once a day, not at each key.
      const topic = outcome.kind === 'budget' ? `budget ${dayOf(startedAt)}` : `${providerId} ${outcome.kind}`;
      if (told.has(topic)) {
        return undefined;
      }
      told.add(topic);
      return { providerId, message: outcome.message, action };
    },
    forget: () => told.clear(),
  };
}

/** `undefined` for what passes by itself, or is the user's own doing: the status bar and the log say enough. */
function actionFor(kind: ErrorKind): NoticeAction | undefined {
  switch (kind) {
    case 'auth':
      return 'set-key';
    case 'quota':
      return 'select-provider';
    case 'budget':
      return 'show-usage';
    case 'invalid-config':
      return 'open-provider-settings';
    case 'privacy':
      return 'open-privacy';
    case 'network':
      return 'test';
    case 'rate-limit':
    case 'overloaded':
    case 'timeout':
    case 'too-long':
    case 'bad-response':
    case 'refused':
    case 'cancelled':
      return undefined;
  }
}
