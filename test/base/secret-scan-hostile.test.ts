import { findSecrets } from '../../src/base/secret-scan.ts';
import assert from 'node:assert/strict';

/** What quadratic time would turn into minutes, and mocha's time limit into a failure. */
const SIZE = 1 << 20;

const HOSTILE: readonly string[] = [
  'a',
  ' ',
  '\n',
  '\\n',
  '@',
  '"',
  'eyJ',
  'eyJaaaaaaaaa.',
  'sk-',
  'sk-ant-',
  'ghp_',
  'password=',
  'password: ',
  'password="',
  '\\"password\\":\\"',
  'token = foo(',
  `token:${'a'.repeat(59)} `,
  `token${' '.repeat(15)}`,
  `token= ${' '.repeat(39)}${'x.'.repeat(20)}`,
  'a://',
  'postgres://a:b',
  '<password>',
  'Basic ',
  '--password ',
  '-u a:',
  'oracle:thin:',
  '"d":"',
  'PRIVATE ',
  '\nEND PRIVATE',
  '-----BEGIN PRIVATE KEY-----',
  '-----BEGIN PRIVATE KEY-----\n',
  '-----END PRIVATE KEY-----',
  '-----END PRIVATE KEY-----\n',
  `-----BEGIN PRIVATE KEY-----${' '.repeat(5_000)}`,
  '-----BEGIN PRIVATE KEY-----\nProc-Type: 4\n',
  'Private-Lines: 3\n',
  'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo0123456789abcdefABCDEFqrstuvwx\n',
  'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo0123456789abcdefABCDEFqrstuvwx\\n',
  `M${'a'.repeat(24)}.${'b'.repeat(6)}.`,
  `hooks.slack.com/services/${'a/'.repeat(20)}`,
];

describe('the scan for secrets is linear', () => {
  for (const unit of HOSTILE) {
    it(`1 MB of ${JSON.stringify(unit.slice(0, 40))}`, () => {
      const text = unit.repeat(Math.ceil(SIZE / unit.length)).slice(0, SIZE);
      assert.ok(Array.isArray(findSecrets(text)));
    });
  }
});
