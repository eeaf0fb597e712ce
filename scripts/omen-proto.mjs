// @ts-check
/** Makes the TypeScript of OMEN's gRPC contract: `node scripts/omen-proto.mjs`, with `protoc` (Debian: protobuf-compiler) on the PATH. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFolder } from './bootstrap/paths.mjs';
import { runOrFail } from './bootstrap/run.mjs';

const folder = join(projectFolder, 'src', 'router', 'wire', 'omen');
const output = mkdtempSync(join(tmpdir(), 'reaper-proto-'));
try {
  const plugin = join(projectFolder, 'node_modules', '.bin', 'protoc-gen-es');
  await runOrFail('protoc', 'protoc', [
    `--proto_path=${folder}`,
    `--plugin=protoc-gen-es=${plugin}`,
    `--es_out=${output}`,
    '--es_opt=target=ts',
    'omen.proto',
  ]);
  const made = readFileSync(join(output, 'omen_pb.ts'), 'utf8');
  writeFileSync(join(folder, 'generated', 'omen.ts'), made);
} finally {
  rmSync(output, { recursive: true });
}
