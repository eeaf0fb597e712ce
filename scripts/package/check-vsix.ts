/** What a published extension must not contain. vsce looks for secrets too, but lets made-up keys of model providers pass. */
import { homedir } from 'node:os';
import { projectFolder } from '../bootstrap/paths.mjs';
import type { ZipEntry } from './read-zip.ts';

/** Issue 2 wants a download of at most 5 MB. */
const MAX_BYTES = 5_000_000;

const UNWANTED_FILES: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\.map$/, 'a source map'],
  [/\.(ts|mts|cts)$/, 'a source file'],
  [/(^|\/)(test|tests|fixtures|bench|node_modules)\//, 'a file for development'],
  [/(^|\/)\.env/, 'an environment file'],
  [/(^|\/)meta\.json$/, "the bundler's own report"],
];

/** Keys in full length: the code that looks for keys contains only their beginnings. */
const SECRETS: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/sk-ant-[a-z]+\d+-[\w-]{40,}/, 'an Anthropic key'],
  [/sk-(proj|svcacct)-[\w-]{40,}/, 'an OpenAI key'],
  [/\bgh[pousr]_[A-Za-z0-9]{36}/, 'a GitHub token'],
  [/\bAKIA[0-9A-Z]{16}\b/, 'an AWS key id'],
  [/\bAIza[\w-]{35}\b/, 'a Google key'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----(\\n|\s)+[A-Za-z0-9+/=]{40}/, 'a private key'],
];

/** One sentence for each thing that is wrong; empty if nothing is. */
export function problemsOfVsix(entries: readonly ZipEntry[], bytes: number): string[] {
  const files = entries.flatMap(({ name }) =>
    UNWANTED_FILES.filter(([pattern]) => pattern.test(name)).map(([, what]) => `${name} is ${what}.`),
  );
  const texts = entries.flatMap(({ name, content }) => problemsOfText(name, content.toString('latin1')));
  const size = bytes > MAX_BYTES ? [`It has ${bytes} bytes, ${MAX_BYTES} are allowed.`] : [];
  return [...files, ...texts, ...size];
}

function problemsOfText(name: string, text: string): string[] {
  const secrets = SECRETS.filter(([pattern]) => pattern.test(text)).map(([, what]) => `${name} contains ${what}.`);
  const folders = [projectFolder, homedir()].filter((folder) => folder.length > 1 && text.includes(`${folder}/`));
  return [...secrets, ...folders.map((folder) => `${name} contains the path ${folder} of this machine.`)];
}
