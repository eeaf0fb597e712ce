/** Our own sessions: kept in the secret storage, refreshed ahead of their end by one window for all, revoked at sign-out. */
import { randomUUID } from 'node:crypto';
import { forkAbort } from '../../base/abort.ts';
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { errorMessage, ReaperError } from '../../base/errors.ts';
import { Emitter, type Event } from '../../base/event.ts';
import type { Logger } from '../../base/logger.ts';
import type { Secrets } from '../secrets.ts';
import type { OAuthClient, Tokens } from './oauth-client.ts';
import { createRefreshLease } from './refresh-lease.ts';
import { readSession, refreshedSession, type StoredSession, writeSession } from './stored-session.ts';

export interface OAuthSessionsOptions {
  /** `Google` */
  readonly label: string;
  readonly client: Pick<OAuthClient, 'refresh' | 'revoke'>;
  readonly secrets: Secrets;
  readonly secretName: string;
  /** The server takes the session no more; only the user can sign in again. */
  readonly onExpired: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** There is one session at most: one account. */
export interface OAuthSessions extends Disposable {
  /** With a token that is good for a while; `undefined`: not signed in, or not with these scopes. */
  current(scopes: readonly string[] | undefined): Promise<StoredSession | undefined>;
  /** Takes the place of the one before. */
  add(tokens: Tokens): Promise<StoredSession>;
  /** After the server rejected this access token: another one, `undefined` if only the user can help. */
  renew(rejected: string): Promise<string | undefined>;
  /** Revokes it at the server as well, if that can be reached. */
  remove(): Promise<void>;
  /** The session came, went or changed, in this window or another. */
  readonly onDidChange: Event<void>;
}

/** A request that is sent now must find its token valid when it arrives, whatever the two clocks say. */
const REFRESH_AHEAD_MS = 5 * 60_000;
const REFRESH_DEADLINE_MS = 30_000;
const REVOKE_DEADLINE_MS = 10_000;

export function createOAuthSessions(options: OAuthSessionsOptions): OAuthSessions {
  const { label, client, secrets, secretName, clock, logger } = options;
  const store = new DisposableStore();
  const changed = store.add(new Emitter<void>());
  /** What the storage did not take yet: a rotated refresh token exists nowhere else. */
  let unsaved: StoredSession | undefined;
  /** Ends the wait for other windows, never a refresh under way: its answer is the only copy of the next refresh token. */
  const ended = forkAbort();
  store.add({ dispose: () => ended.abort() });
  store.add(
    secrets.onDidChange((name) => {
      if (name === secretName) {
        // What another window or we ourselves have stored is newer.
        unsaved = undefined;
        changed.fire();
      }
    }),
  );
  const lease = createRefreshLease({ secrets, secretName: `${secretName}.lease`, owner: randomUUID(), clock });
  let refreshing: Promise<StoredSession | undefined> | undefined;

  const save = async (session: StoredSession): Promise<void> => {
    unsaved = session;
    try {
      await secrets.store(secretName, writeSession(session));
      unsaved = undefined;
    } catch (error) {
      logger.warn(
        `The ${label} session could not be kept in the secret storage; it lasts until this window closes. ${errorMessage(error)}`,
      );
    }
  };
  const read = async (): Promise<StoredSession | undefined> => {
    if (unsaved !== undefined) {
      const session = unsaved;
      await save(session);
      return session;
    }
    let text: string | undefined;
    try {
      text = await secrets.get(secretName);
    } catch (error) {
      throw new ReaperError(
        'auth',
        `The secret storage could not be read for the ${label} account. Check the system's keyring, then sign in again.`,
        { cause: error },
      );
    }
    const session = text === undefined ? undefined : readSession(text);
    if (text !== undefined && session === undefined) {
      logger.warn(`The stored ${label} session cannot be read and is removed. Sign in again.`);
      await secrets.delete(secretName);
    }
    return session;
  };
  const withDeadline = async <T>(deadlineMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const fork = forkAbort();
    const timer = clock.setTimeout(
      () => fork.abort(new ReaperError('timeout', `${label} did not answer in time. Check the connection.`)),
      deadlineMs,
    );
    try {
      return await work(fork.signal);
    } finally {
      timer.dispose();
      fork.dispose();
    }
  };
  /** Of the session that has this access token; another window may have done it meanwhile. */
  const refreshOnce = (accessToken: string, signal: AbortSignal): Promise<StoredSession | undefined> =>
    lease.hold(
      async () => {
        const session = await read();
        if (session === undefined || session.accessToken !== accessToken) {
          return session;
        }
        const tokens =
          session.refreshToken === undefined
            ? undefined
            : await client.refresh(session.refreshToken, session.scopes, signal);
        if (tokens !== undefined) {
          const next = refreshedSession(session, tokens);
          await save(next);
          return next;
        }
        const latest = await read();
        if (latest === undefined || latest.accessToken !== accessToken) {
          return latest;
        }
        logger.warn(`The sign-in at ${label} has expired or was taken back. Sign in again with “Reaper: Sign In”.`);
        await secrets.delete(secretName);
        options.onExpired();
        return undefined;
      },
      AbortSignal.any([signal, ended.signal]),
    );
  const refresh = (accessToken: string): Promise<StoredSession | undefined> => {
    refreshing ??= withDeadline(REFRESH_DEADLINE_MS, (signal) => refreshOnce(accessToken, signal)).finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  };
  const fresh = async (session: StoredSession): Promise<StoredSession | undefined> => {
    const leftMs = session.expiresAt - clock.wallTime();
    if (leftMs > REFRESH_AHEAD_MS) {
      return session;
    }
    try {
      return await refresh(session.accessToken);
    } catch (error) {
      // What is still valid is used as long as it is.
      if (leftMs > 0) {
        logger.warn(errorMessage(error));
        return session;
      }
      throw error;
    }
  };

  return {
    current: async (scopes) => {
      const session = await read();
      const isEnough = scopes?.every((scope) => session?.scopes.includes(scope)) ?? true;
      return session === undefined || !isEnough ? undefined : fresh(session);
    },
    add: async (tokens) => {
      const { account } = tokens;
      if (account === undefined) {
        throw new ReaperError('bad-response', `${label} did not say which account has signed in. Sign in again.`);
      }
      const { accessToken, refreshToken, expiresAt, scopes } = tokens;
      const session = { id: randomUUID(), account, scopes, accessToken, refreshToken, expiresAt };
      await save(session);
      return session;
    },
    renew: async (rejected) => {
      const session = await read();
      if (session === undefined || session.accessToken !== rejected) {
        return session?.accessToken;
      }
      return (await refresh(rejected))?.accessToken;
    },
    remove: async () => {
      const session = await read();
      unsaved = undefined;
      await secrets.delete(secretName);
      if (session === undefined) {
        return;
      }
      try {
        // With the refresh token everything that came from it ends (RFC 7009 §2.1).
        const token = session.refreshToken ?? session.accessToken;
        await withDeadline(REVOKE_DEADLINE_MS, (signal) => client.revoke(token, signal));
      } catch (error) {
        logger.warn(`${label} could not be told of the sign-out, so the access ends by itself. ${errorMessage(error)}`);
      }
    },
    onDidChange: changed.event,
    dispose: () => store.dispose(),
  };
}
