/** Reads a small text file, and nothing else that may stand under its name: no device, no binary, nothing outside its folder. */
import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import type { UnreadableReason } from './toml-problem.ts';

export type TomlFile =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'missing' }
  | { readonly type: 'unreadable'; readonly reason: UnreadableReason };

/** A hundred times what a full file of settings has. */
export const MOST_TOML_BYTES = 256 * 1024;

/** `within`: a folder that the file must lie in after all symbolic links are followed. Never throws. */
export function readTomlFile(path: string, within?: string): TomlFile {
  let file: number | undefined;
  try {
    if (within !== undefined && !liesIn(realpathSync(path), realpathSync(within))) {
      return { type: 'unreadable', reason: 'outside' };
    }
    // Without waiting: opening a pipe that nobody writes to would hold up the whole extension host.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const { size, isFile } = describeFile(file);
    if (!isFile) {
      return { type: 'unreadable', reason: 'not-a-file' };
    }
    if (size > MOST_TOML_BYTES) {
      return { type: 'unreadable', reason: 'too-large' };
    }
    return decode(readUpTo(file, MOST_TOML_BYTES + 1));
  } catch (error) {
    return isMissing(error) ? { type: 'missing' } : { type: 'unreadable', reason: 'failed' };
  } finally {
    if (file !== undefined) {
      closeSync(file);
    }
  }
}

function describeFile(file: number): { readonly size: number; readonly isFile: boolean } {
  const stats = fstatSync(file);
  return { size: stats.size, isFile: stats.isFile() };
}

function readUpTo(file: number, most: number): Uint8Array {
  const bytes = new Uint8Array(most);
  let length = 0;
  for (let read = -1; read !== 0 && length < most; length += read) {
    read = readSync(file, bytes, length, most - length, null);
  }
  return bytes.subarray(0, length);
}

function decode(bytes: Uint8Array): TomlFile {
  if (bytes.length > MOST_TOML_BYTES) {
    return { type: 'unreadable', reason: 'too-large' };
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? { type: 'unreadable', reason: 'not-text' } : { type: 'text', text };
  } catch {
    return { type: 'unreadable', reason: 'not-text' };
  }
}

function liesIn(path: string, folder: string): boolean {
  const way = relative(folder, dirname(path));
  return way === '' || (!way.startsWith('..') && resolve(folder, way) === dirname(path));
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
