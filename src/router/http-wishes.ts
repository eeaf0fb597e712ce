/** What Reaper asks of connections, and what became of each wish for other ones; loaded by who reports it. */

/** A key of the `[http]` table of `reaper.toml`, and what this platform makes of it. */
interface HttpWish {
  readonly key: string;
  readonly wanted: string;
  readonly effect: 'holds' | 'holds in part' | 'decided by the editor' | 'not possible';
  readonly explanation: string;
}

/** The editor's `fetch`, with nothing of its own underneath. */
export const requestedProtocol = 'HTTP/2 or HTTP/1.1, as the editor and the server agree';

const EDITORS_FETCH =
  'Requests go through the editor’s own fetch, so that its proxy and its certificates are honoured;';

// What can be had, and what cannot: measured for facts/router §5 and facts/vscode-platform §6.
export const httpWishes: readonly HttpWish[] = [
  {
    key: 'http.protocol',
    wanted: 'http3',
    effect: 'not possible',
    explanation: `${EDITORS_FETCH} that speaks HTTP/1.1 and HTTP/2. HTTP/3 would save one round trip of a new connection and nothing of one that is open.`,
  },
  {
    key: 'http.fallback',
    wanted: 'http1',
    effect: 'holds',
    explanation: 'A server that does not offer HTTP/2 is spoken to in HTTP/1.1.',
  },
  {
    key: 'http.connect_timeout',
    wanted: '10000',
    effect: 'holds',
    explanation: 'The editor gives a connection up after 10 s; the deadline of the request is often earlier.',
  },
  {
    key: 'http.read_timeout',
    wanted: '120000',
    effect: 'holds in part',
    explanation:
      'Silence ends an answer after 5 s of ghost text and 30 s of anything else; its first words have 1.5 s, 30 s or, where a model may think first, 120 s.',
  },
  {
    key: 'http.write_timeout',
    wanted: '30000',
    effect: 'holds in part',
    explanation: 'Sending is part of the wait for the first words and has no time of its own.',
  },
  {
    key: 'http.max_retries',
    wanted: '3',
    effect: 'holds',
    explanation: 'As long as no other provider can answer, and retries are no more than a fifth of all requests.',
  },
  {
    key: 'http.retry_backoff',
    wanted: '100',
    effect: 'holds',
    explanation:
      'The wait is drawn by chance from up to 100 ms, doubled each time up to 5 s, and never shorter than the server asks.',
  },
  {
    key: 'http.pool',
    wanted: '10 per host, 50 in all, idle for 300 s',
    effect: 'decided by the editor',
    explanation: `${EDITORS_FETCH} that keeps a connection for about 4 s after its last use, and opens as many as there are requests at once.`,
  },
  {
    key: 'http.quic',
    wanted: '0-RTT, idle for 300 s',
    effect: 'not possible',
    explanation: 'There is no QUIC without HTTP/3.',
  },
  {
    key: 'http.tls.verify_certificates',
    wanted: 'true',
    effect: 'decided by the editor',
    explanation:
      'Certificates are checked as long as the editor’s setting http.proxyStrictSSL is on. Reaper never switches that off.',
  },
  {
    key: 'http.tls.min_version',
    wanted: 'tls_1_3',
    effect: 'decided by the editor',
    explanation: 'The editor takes TLS 1.2 and 1.3; the server’s best is used.',
  },
];
