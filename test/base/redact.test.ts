import assert from 'node:assert/strict';
import fc from 'fast-check';
import { redactSecrets, redactWindow } from '../../src/base/redact.ts';
import { findSecrets } from '../../src/base/secret-scan.ts';
import { KEY_KINDS, STANDALONE_KINDS, TOKEN_KINDS, type Sample } from './secret-samples.ts';

/** Fixed, so that a run can be repeated; each kind is tried this often. */
const RUNS = { seed: 20_261_120, numRuns: 60 } as const;

/** Any piece of this length gives a secret away; shorter ones occur in code by chance. */
const TELLING_LENGTH = 9;

function leak(output: string, core: string): string | undefined {
  // The separators of a key's lines are no secret.
  for (const piece of core.split(/[^A-Za-z0-9+/=_.~!-]+|\\n/)) {
    for (let at = 0; at + TELLING_LENGTH <= piece.length; at++) {
      const part = piece.slice(at, at + TELLING_LENGTH);
      if (output.includes(part)) {
        return part;
      }
    }
  }
  return undefined;
}

const FRAGMENTS = [
  'import { a } from "./a.ts";\n',
  'export function sum(left: number, right: number): number {\n  return left + right;\n}\n',
  '# a comment, with "quotes" and `ticks`\n',
  'def main(argv: list[str]) -> None:\n    pass\n',
  'const url = new URL("https://example.com/a?b=c#d");\n',
  '  if (value === undefined) { throw new Error(`no ${name}`); }\n',
  '{"name": "x", "version": "1.2.3", "integrity": "sha512-abc=="}\n',
  'password: string;\n',
  'token = nextToken();\n',
  '\t\r\n',
  '// ------------------------------------------------------------\n',
  'x\n',
] as const;

const code = fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 6 }).map((parts) => parts.join(''));

/** What stands directly before and after a secret. */
const delimiters = fc.constantFrom(
  ['"', '"'],
  ["'", "',"],
  ['`', '`;'],
  [' ', '\n'],
  ['\n', '\n'],
  ['(', ')'],
  ['\t', ' #'],
);

function assertGone(sample: Sample, text: string): void {
  const output = redactSecrets(text);
  assert.equal(leak(output, sample.core), undefined, `survived in:\n${output}`);
  assert.equal(output.split('\n').length, text.split('\n').length, 'line breaks changed');
  assert.equal(redactSecrets(output), output, 'a second pass changed something');
}

describe('secrets', () => {
  describe('no secret survives, wherever it stands in code', () => {
    for (const { name, sample } of [...TOKEN_KINDS, ...STANDALONE_KINDS, ...KEY_KINDS]) {
      it(name, () => {
        fc.assert(
          fc.property(code, code, delimiters, sample, (before, after, [open, close], value) => {
            const opening = value.text.includes(open ?? '') ? '\n' : open;
            const closing = value.text.includes(open ?? '') ? '\n' : close;
            assertGone(value, `${before}${opening}${value.text}${closing}${after}`);
          }),
          RUNS,
        );
      });
    }
  });

  it('finds tokens with a distinctive start in the middle of a word, too', () => {
    for (const { sample } of TOKEN_KINDS) {
      fc.assert(
        fc.property(code, fc.constantFrom('x', 'my_', 'Z9', 'ä'), sample, code, (before, glue, value, after) => {
          assertGone(value, `${before}${glue}${value.text}\n${after}`);
        }),
        { ...RUNS, numRuns: 15 },
      );
    }
  });

  it('shows nothing of a secret that crosses the edge of a window', () => {
    for (const { sample } of [...TOKEN_KINDS, ...STANDALONE_KINDS, ...KEY_KINDS]) {
      fc.assert(
        fc.property(code, sample, code, fc.double({ min: 0, max: 1, noNaN: true }), (before, value, after, share) => {
          const text = `${before}const key = \n${value.text}\n${after}`;
          const core = text.indexOf(value.core);
          const cut = core + Math.floor(value.core.length * share);
          const left = redactWindow(text, 0, cut);
          const right = redactWindow(text, cut, text.length);
          assert.equal(leak(left, value.core), undefined, left);
          assert.equal(leak(right, value.core), undefined, right);
          assert.equal((left + right).split('\n').length, text.split('\n').length);
        }),
        { ...RUNS, numRuns: 20 },
      );
    }
  });

  it('finds the middle of a private key whose first and last lines were cut off', () => {
    for (const { name, sample } of KEY_KINDS) {
      fc.assert(
        fc.property(sample, fc.nat(40), fc.nat(40), (value, fromStart, fromEnd) => {
          const window = value.core.slice(fromStart, value.core.length - fromEnd - 26);
          const output = redactSecrets(window);
          // The last piece may be a few characters too short to tell.
          const pieces = window.split(/[^A-Za-z0-9+/]+|\\n/).filter((piece) => piece.length >= 60);
          for (const piece of pieces) {
            assert.ok(!output.includes(piece.slice(4, -4)), `${name}: ${output}`);
          }
        }),
        RUNS,
      );
    }
  });

  it('leaves out what is left of a token when the text begins or ends within it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9]{40}$/), fc.integer({ min: 4, max: 20 }), (body, cut) => {
        const token = `ghp_${body}`;
        assert.ok(!redactSecrets(`const key = "${token.slice(0, 4 + cut)}`).includes(body.slice(0, cut)));
        assert.ok(!redactSecrets(`${body.slice(cut)}";\nnext();`).includes(body.slice(cut)));
      }),
      { ...RUNS, numRuns: 200 },
    );
  });

  it('keeps code valid: only the value is replaced', () => {
    const key = `sk-ant-api03-${'aB3dE6gH9j'.repeat(9)}`;
    assert.equal(
      redactSecrets(`const a = "${key}"; const b = \`x ${key} y\`;`),
      'const a = "REDACTED_ANTHROPIC_KEY"; const b = `x REDACTED_ANTHROPIC_KEY y`;',
    );
    assert.equal(redactSecrets('{"password": "hunter2!"}'), '{"password": "REDACTED_PASSWORD"}');
    assert.equal(
      redactSecrets('postgres://u:p4ss/w@x@db:5432/x?y=1'),
      'postgres://u:REDACTED_CONNECTION_PASSWORD@db:5432/x?y=1',
    );
  });

  it('leaves ordinary code alone', () => {
    for (const text of [
      'const password = process.env.PASSWORD;',
      'password = os.environ["DB_PASSWORD"]',
      'api_key = "<your-key>"',
      'apiKey: "your-api-key-here"',
      'API_KEY=${API_KEY}',
      'token: "{{ secrets.TOKEN }}"',
      'const token = nextToken(source, position);',
      'tokenKind: "StringLiteral", tokenType: \'identifier\'',
      'type Props = { password: string; accessToken?: string };',
      'login(user, password);',
      'placeholder="Enter your password"',
      'passwordUrl: "/api/v2/password/reset1"',
      '"integrity": "sha512-AbCdEf0123456789abcdefABCDEF0123456789abcdefABCDEF0123456789abcdefABCDEF01234567890=="',
      '"resolved": "https://packages.example.org/a/-/a-1.0.0.tgz"',
      'commit 3f786850e387550fdab836ed7e6dc881de23001b',
      'const id = "550e8400-e29b-41d4-a716-446655440000";',
      '"minipass": "^7.1.3"',
      'postgres://${user}:${password}@${host}/db',
      'https://<user>:<password>@example.com/',
      'http://localhost:3000',
      'git@github.com:owner/name.git',
      'mail to someone@example.com',
      'data:image/png;base64,iVBORw0KGgo',
      'class Secret { private readonly key: Key; constructor(secret: Secret) {} }',
      'this.someService.tokenProvider.getAccessToken()',
      'REDACTED_GITHUB_TOKEN',
    ]) {
      assert.equal(redactSecrets(`${text}\n`), `${text}\n`);
    }
  });

  it('replaces known values, whatever they look like', () => {
    assert.equal(redactSecrets('key my-own-key in a message', ['my-own-key']), 'key REDACTED_KEY in a message');
    assert.equal(redactSecrets('a b', ['a', '']), 'a b');
  });

  it('gives the same string back when there is nothing to replace', () => {
    const text = FRAGMENTS.join('');
    assert.equal(redactSecrets(text), text);
    assert.deepEqual(findSecrets(text), []);
  });
});
