/** Turns what `fetch` throws into a `ReaperError` that names the host and the way out. */
import { type ErrorKind, ReaperError } from '../base/errors.ts';
import { hostOf } from './http-errors.ts';

/** How far the exchange had come: nothing was answered yet, or the answer was under way. */
export type ExchangePhase = 'connecting' | 'streaming';

/**
 * `TypeError: fetch failed` (and `terminated`, in the middle of a body) hides its reason in its causes. What is known here
 * was observed with Node 24's undici; VS Code's patched fetch throws the same.
 */
export function errorFromFetch(error: unknown, url: string, phase: ExchangePhase): ReaperError {
  const host = hostOf(url);
  const chain = causesOf(error);
  const proxyStatus = firstMatch(chain, /^Proxy response \((\d+)\)/);
  if (proxyStatus !== undefined) return proxyError(proxyStatus, host, error);
  const code = chain.map(codeOf).find((found) => found !== undefined);
  const description = describe(code, chain, host, phase);
  // Messages of the causes can quote a URL with credentials, so such a cause is not carried along.
  const cause = description.kind === 'invalid-config' ? {} : { cause: error };
  return new ReaperError(description.kind, description.message, {
    retryable: description.retryable ?? (description.kind === 'network' || description.kind === 'timeout'),
    ...cause,
  });
}

/** Whether the connection itself failed, so that a second try on a fresh one may succeed at once. */
export function isConnectionFailure(error: unknown): boolean {
  return causesOf(error).some((cause) => CONNECTION_FAILURES.has(codeOf(cause) ?? ''));
}

/** Whether the failed request may have reached the server, who may then have worked on it and bill it. */
export function mayHaveArrived(error: ReaperError): boolean {
  if (error.status !== undefined) return false;
  if (error.kind !== 'network' && error.kind !== 'timeout' && error.kind !== 'bad-response') return false;
  return !causesOf(error).some((cause) => {
    const code = codeOf(cause) ?? '';
    return NEVER_CONNECTED.has(code) || CERTIFICATE.test(code);
  });
}

/** Whether no connection came about, which was found out at once: another try costs nothing. */
export function hasNotConnected(error: ReaperError): boolean {
  return error.kind === 'network' && causesOf(error).some((cause) => NEVER_CONNECTED.has(codeOf(cause) ?? ''));
}

interface Description {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly retryable?: boolean;
}

const CONNECTION_FAILURES: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);
const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'EPROTO',
]);
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY|DECRYPT)|ERR_TLS|HOSTNAME_MISMATCH|INVALID_CA/;
const INVALID_ADDRESS = /^(?:bad port|unknown scheme|Invalid URL|Failed to parse URL)|includes credentials/;

function describe(code: string | undefined, chain: readonly Error[], host: string, phase: ExchangePhase): Description {
  switch (code) {
    case 'ECONNREFUSED':
      return network(`Nothing answers at ${host}. Start the server, or correct the provider's base URL.`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return network(
        `The name of ${host} cannot be resolved. Check the provider's base URL and the network connection.`,
      );
    case 'EHOSTUNREACH':
    case 'EHOSTDOWN':
    case 'ENETUNREACH':
    case 'ENETDOWN':
    case 'EADDRNOTAVAIL':
      return network(`${host} cannot be reached from this machine (${code}). Check the network connection.`);
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return phase === 'connecting'
        ? network(
            `${host} closed the connection without an answer. Check that the base URL's port and http/https are right.`,
          )
        : network(`${host} broke off in the middle of its answer.`);
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return {
        kind: 'timeout',
        message: `No connection to ${host} within the time allowed. Check the network, or a proxy.`,
      };
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return { kind: 'timeout', message: `${host} stopped sending.` };
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'EPROTO':
      return certain(`${host} does not speak HTTPS. Use http:// in the provider's base URL.`);
    case 'UND_ERR_HEADERS_OVERFLOW':
      return { kind: 'bad-response', message: `${host} sent too large a header; it may not be a model server.` };
    default:
      return describeUncoded(code, chain, host);
  }
}

function describeUncoded(code: string | undefined, chain: readonly Error[], host: string): Description {
  if (code !== undefined && CERTIFICATE.test(code)) {
    return certain(
      `The certificate of ${host} is not trusted (${code}). If the network inspects TLS, add its certificate to the system's store.`,
    );
  }
  if (code === 'ERR_INVALID_URL' || firstMatch(chain, INVALID_ADDRESS) !== undefined) {
    return {
      kind: 'invalid-config',
      message: `The provider's base URL is not usable. Give it as http(s)://host:port without a user name.`,
    };
  }
  if (chain.some((cause) => cause.name === 'HTTPParserError')) {
    return { kind: 'bad-response', message: `${host} does not answer in HTTP. Check the provider's base URL.` };
  }
  return network(`The request to ${host} failed${code === undefined ? '' : ` (${code})`}.`);
}

function proxyError(status: string, host: string, cause: unknown): ReaperError {
  return status === '407'
    ? new ReaperError(
        'network',
        `A proxy in front of ${host} asks for a sign-in (407). Check the settings http.proxy and http.proxyAuthorization.`,
        { retryable: false, status: 407, cause },
      )
    : new ReaperError(
        'network',
        `A proxy in front of ${host} gave no connection (${status}). Check the setting http.proxy.`,
        {
          status: Number(status),
          cause,
        },
      );
}

function network(message: string): Description {
  return { kind: 'network', message };
}

/** A network error that comes again until somebody changes something. */
function certain(message: string): Description {
  return { kind: 'network', message, retryable: false };
}

function causesOf(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  // Chains are short; the bound is against a cycle.
  for (let current = error; current instanceof Error && chain.length < 8; current = current.cause) {
    chain.push(current);
    // `localhost` is tried over IPv6 and IPv4: both failures come as one.
    if (current instanceof AggregateError) {
      chain.push(...current.errors.filter((inner): inner is Error => inner instanceof Error).slice(0, 4));
    }
  }
  return chain;
}

function codeOf(error: Error): string | undefined {
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

function firstMatch(chain: readonly Error[], pattern: RegExp): string | undefined {
  for (const error of chain) {
    const match = pattern.exec(error.message);
    if (match !== null) return match[1] ?? match[0];
  }
  return undefined;
}
