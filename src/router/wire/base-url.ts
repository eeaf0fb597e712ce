/** From the base URL that a user typed or pasted to the address of one endpoint. */
import { ReaperError } from '../../base/errors.ts';

// What people paste from a provider's documentation instead of the base URL.
const PASTED_ENDPOINT =
  /\/(?:chat\/completions|fim\/completions|completions|responses|messages|models|infill|completion|api\/(?:generate|chat|tags|show))$/;
const VERSION_SEGMENT = /^v\d+(?:alpha|beta)?\d*$/;

/**
 * The server's own address without `/v1` or `/api` at its end, for protocols that name their whole path.
 * Throws `invalid-config` if it is no http(s) URL.
 */
export function serverUrl(baseUrl: string, path: string): URL {
  const url = parseBaseUrl(baseUrl);
  return withPath(url, `${url.pathname.replace(/\/(?:(?:v1|api)\/?)?$/, '')}/${path}`);
}

/**
 * An endpoint of OpenAI's protocol. A version in the base URL is kept wherever it stands (`/api/v1`, `/v1beta/openai`); without
 * one, `/v1` is added. `version` takes the place of the last segment if that is a version (or already this one).
 */
export function versionedUrl(baseUrl: string, path: string, version?: string): URL {
  const url = parseBaseUrl(baseUrl);
  const segments = url.pathname.split('/').filter((segment) => segment !== '');
  const last = segments.at(-1);
  if (version !== undefined) {
    if (last !== undefined && (VERSION_SEGMENT.test(last) || last === version)) segments.pop();
    segments.push(version);
  } else if (!segments.some((segment) => VERSION_SEGMENT.test(segment))) {
    segments.push('v1');
  }
  return withPath(url, `/${[...segments, path].join('/')}`);
}

/** Without a hash, a slash at its end, or an endpoint that was pasted with it. Throws `invalid-config` if it is no http(s) URL. */
export function parseBaseUrl(baseUrl: string): URL {
  let url: URL;
  try {
    url = new URL(baseUrl.trim());
  } catch {
    throw new ReaperError('invalid-config', `The base URL is not a URL. Give one such as http://127.0.0.1:1234/v1.`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ReaperError(
      'invalid-config',
      `The base URL must begin with http:// or https://, not ${url.protocol}. Give one such as http://127.0.0.1:1234/v1.`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    // Not repeated here: it holds a password.
    throw new ReaperError(
      'invalid-config',
      `The base URL of ${url.host} holds a user name or a password. Take them out, and set a key or a header instead.`,
    );
  }
  url.hash = '';
  return withPath(url, url.pathname.replace(/\/+$/, '').replace(PASTED_ENDPOINT, ''));
}

/** Keeps the query: some gateways want `?api-version=…`. */
function withPath(url: URL, path: string): URL {
  const result = new URL(url);
  result.pathname = path;
  return result;
}
