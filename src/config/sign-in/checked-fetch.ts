/** The fetch of a sign-in: asks the user's privacy settings before each request and tells the egress log after it. */
import { ReaperError } from '../../base/errors.ts';
import type { Egress } from '../../router/egress.ts';

export interface CheckedFetchOptions {
  readonly fetch: typeof globalThis.fetch;
  /** Asked at each request: the egress policy is built after the configuration that this belongs to. */
  readonly egress: () => Egress;
  /** Under which the egress log shows the requests. */
  readonly name: string;
}

/** Answers of an identity provider have a few kilobytes; more is none of its answers. */
const MAX_ANSWER_BYTES = 1_000_000;

export function createCheckedFetch({ fetch, egress, name }: CheckedFetchOptions): typeof globalThis.fetch {
  return async (input, init) => {
    const url = input instanceof Request ? input.url : input.toString();
    const body = init?.body;
    const bytesSent = body instanceof URLSearchParams ? body.toString().length : 0;
    const entry = { url, purpose: 'probe', providerId: name, bytesSent } as const;
    egress().check(entry);
    let status: number | undefined;
    let bytesReceived = 0;
    try {
      const response = await fetch(input, init);
      ({ status } = response);
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      for await (const chunk of response.body ?? []) {
        bytesReceived += chunk.byteLength;
        if (bytesReceived > MAX_ANSWER_BYTES) {
          throw new ReaperError(
            'bad-response',
            `${new URL(url).host} sent more than a sign-in has. Is a proxy in between?`,
          );
        }
        chunks.push(chunk);
      }
      return new Response(hasNoBody(status) ? null : new Blob(chunks), {
        status,
        statusText: response.statusText,
        headers: response.headers,
      });
    } finally {
      egress().record({ ...entry, status, bytesReceived });
    }
  };
}

/** A `Response` of these must not be given a body. */
function hasNoBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}
