/** Runs the oracle alone: `node bench/oracle/main.ts --port 8012 --ttft 200 --target path/to/file.ts`. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startOracle } from './server.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8012' },
    ttft: { type: 'string', default: '200' },
    token: { type: 'string', default: '8' },
    slots: { type: 'string', default: '4' },
    wrong: { type: 'string', default: '0' },
    target: { type: 'string', multiple: true },
  },
});
const fallback = [new URL('../fixtures/inventory.ts.txt', import.meta.url)];
const oracle = await startOracle(
  {
    ttftMs: Number(values.ttft),
    tokenMs: Number(values.token),
    slots: Number(values.slots),
    wrongShare: Number(values.wrong),
    targets: (values.target ?? fallback).map((path) => readFileSync(path, 'utf8')),
  },
  Number(values.port),
);
console.log(`Oracle at ${oracle.url}: first token after ${values.ttft} ms, one each ${values.token} ms`);
