/** The ways from a click to tokens: through the user's browser, or with a code that the user enters on any device. */
import { forkAbort } from '../../base/abort.ts';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { ReaperError } from '../../base/errors.ts';
import type { OAuthClient, Tokens } from './oauth-client.ts';

/** Where the browser is sent with the answer. */
export interface RedirectReceiver extends Disposable {
  readonly redirectUri: string;
  /** The first answer with this state; all others are none of ours. */
  receive(state: string, signal: AbortSignal): Promise<URL>;
}

export interface SignInFlow {
  readonly client: OAuthClient;
  /** `Google` */
  readonly label: string;
  readonly scopes: readonly string[];
  readonly clock: Clock;
}

export interface DeviceCode {
  readonly userCode: string;
  readonly verificationUrl: string;
}

/** Long enough for a password, a second factor and a consent; not so long that a forgotten page is an open door. */
export const SIGN_IN_DEADLINE_MS = 5 * 60_000;

/** Disposes the receiver. `openBrowser` resolves with `false` if there is none. */
export async function signInByBrowser(
  { client, label, scopes, clock }: SignInFlow,
  receiver: RedirectReceiver,
  openBrowser: (url: string) => Promise<boolean>,
  cancel: AbortSignal,
): Promise<Tokens> {
  try {
    return await withDeadline(clock, label, cancel, async (signal) => {
      const request = await client.authorize(receiver.redirectUri, scopes, signal);
      const answer = receiver.receive(request.state, signal);
      // Whatever comes first counts; without this, an end before the wait would be nobody's.
      answer.catch(() => undefined);
      if (!(await openBrowser(request.url))) {
        throw new ReaperError('auth', `No browser could be opened for ${label}. Choose the way with a code.`);
      }
      return request.complete(await answer, signal);
    });
  } finally {
    receiver.dispose();
  }
}

export async function signInByDevice(
  { client, label, scopes, clock }: SignInFlow,
  show: (code: DeviceCode) => void,
  cancel: AbortSignal,
): Promise<Tokens> {
  return withDeadline(clock, label, cancel, async (signal) => {
    const request = await client.authorizeDevice(scopes, signal);
    show(request);
    return request.wait(signal);
  });
}

async function withDeadline<T>(
  clock: Clock,
  label: string,
  cancel: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const fork = forkAbort(cancel);
  let isLate = false;
  const timer = clock.setTimeout(() => {
    isLate = true;
    fork.abort();
  }, SIGN_IN_DEADLINE_MS);
  try {
    return await work(fork.signal);
  } catch (error) {
    throw isLate
      ? new ReaperError(
          'timeout',
          `No answer from ${label} within five minutes. Sign in again; if the browser showed an error, put right what it names.`,
        )
      : error;
  } finally {
    timer.dispose();
    fork.dispose();
  }
}
