/** Keeps what was sent as a secret out of errors: servers and SDKs quote it back. */
import { ReaperError } from '../base/errors.ts';
import type { Credential } from './credential.ts';

const SECRET_HEADER = /auth|key|token|secret|cookie|password/i;
// Shorter values would cut holes into ordinary words.
const SHORTEST_SECRET = 6;

/** The key, and what the user's own headers hold of that kind (also without the scheme in front: `Bearer …`). */
export function secretsOf(
  credential: Credential | undefined,
  headers: Readonly<Record<string, string>>,
): readonly string[] {
  const values = Object.entries(headers)
    .filter(([name]) => SECRET_HEADER.test(name))
    .flatMap(([, value]) => [value, value.replace(/^\w+\s+/, '')]);
  return [credential?.secret ?? '', ...values].filter((value) => value.length >= SHORTEST_SECRET);
}

export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, '…'), text);
}

/** The same error if it and its causes quote no secret; else one without causes and with the secret cut out. */
export function errorWithoutSecrets(error: ReaperError, secrets: readonly string[]): ReaperError {
  return secrets.length > 0 && quotesSecret(error, secrets)
    ? new ReaperError(error.kind, withoutSecrets(error.message, secrets), {
        retryable: error.retryable,
        ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
        ...(error.status === undefined ? {} : { status: error.status }),
      })
    : error;
}

function quotesSecret(error: ReaperError, secrets: readonly string[]): boolean {
  let current: unknown = error;
  // Chains are short; the bound is against a cycle. SDK errors hold headers and requests in further properties.
  for (let depth = 0; depth < 8 && current instanceof Error; depth++) {
    const texts = [current.message, current.stack ?? '', shallowText(current)];
    if (texts.some((text) => secrets.some((secret) => text.includes(secret)))) return true;
    current = current.cause;
  }
  return (
    current !== undefined && !(current instanceof Error) && secrets.some((secret) => String(current).includes(secret))
  );
}

function shallowText(error: Error): string {
  try {
    return JSON.stringify(error);
  } catch {
    return '';
  }
}
