/** Tells the user, once, of problems that only the user can solve, with a button that begins to solve them. */
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { Profiles } from '../config/profiles.ts';
import type { Router } from '../router/router.ts';
import { createNoticePolicy, type Notice } from './notice-policy.ts';

export function registerNotices(
  router: Pick<Router, 'onRequestFinished'>,
  profiles: Pick<Profiles, 'find' | 'onDidChange'>,
): Disposable {
  const store = new DisposableStore();
  const policy = createNoticePolicy();
  store.add(
    router.onRequestFinished((record) => {
      const notice = policy.judge(record);
      if (notice !== undefined) {
        void tell(notice, profiles.find(notice.providerId)?.definition.label ?? notice.providerId);
      }
    }),
  );
  store.add(profiles.onDidChange(() => policy.forget()));
  return store;
}

async function tell(notice: Notice, label: string): Promise<void> {
  const { tellNotice } = await import('./tell-notice.ts');
  await tellNotice(notice, label);
}
