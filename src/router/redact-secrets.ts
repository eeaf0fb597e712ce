/** Keeps what was sent as a secret out of errors: servers and SDKs quote it back. */
import { ReaperError } from '../base/errors.ts';
import type { Credential } from './credential.ts';

const SECRET_HEADER = /auth|key|token|secret|cookie|pass|pwd|cred|session|sign|jwt|bearer/i;
// Shorter values would cut holes into ordinary words.
const SHORTEST_SECRET = 6;

/** The key, and what the user's own headers hold of that kind, whole and in the parts that a server may quote alone. */
export function secretsOf(
  credential: Credential | undefined,
  headers: Readonly<Record<string, string>>,
): readonly string[] {
  const values = Object.entries(headers)
    .filter(([name]) => SECRET_HEADER.test(name))
    .flatMap(([, value]) => [value, ...partsOf(value)]);
  const secrets = [credential?.secret ?? '', ...values].filter((value) => value.length >= SHORTEST_SECRET);
  // The longest first, so that no part of one is left over when a shorter one was cut out of it.
  return [...new Set(secrets)].toSorted((a, b) => b.length - a.length);
}

/** Without the scheme in front (`Bearer …`), each cookie's value, and the password behind `Basic …`. */
function partsOf(value: string): readonly string[] {
  const basic = /^basic\s+(.+)$/i.exec(value)?.[1];
  const named = basic === undefined ? '' : Buffer.from(basic, 'base64').toString();
  return [
    value.replace(/^\w+\s+/, ''),
    ...value.split(/[;,]/).flatMap((part) => /^[^=]*=\s*"?(.*?)"?\s*$/.exec(part)?.[1] ?? []),
    named,
    named.slice(named.indexOf(':') + 1),
  ];
}

export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => withoutBeginning(rest.replaceAll(secret, '…'), secret), text);
}

/** What a server says is shortened, which may cut a secret in two: its beginning is then the end of the text. */
function withoutBeginning(text: string, secret: string): string {
  const end = text.endsWith('…') ? text.length - 1 : text.length;
  for (let length = Math.min(secret.length - 1, end); length >= SHORTEST_SECRET; length--) {
    if (text.startsWith(secret.slice(0, length), end - length)) return `${text.slice(0, end - length)}…`;
  }
  return text;
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
    if (texts.some((text) => withoutSecrets(text, secrets) !== text)) return true;
    current = current.cause;
  }
  if (current === undefined || current instanceof Error) return false;
  const rest = String(current);
  return withoutSecrets(rest, secrets) !== rest;
}

function shallowText(error: Error): string {
  try {
    return JSON.stringify(error);
  } catch {
    return '';
  }
}
