/** File paths as privacy compares them: absolute, `/` separated, without detours, from URIs of every kind. */

export interface PathPlatform {
  /** Backslashes separate, drives exist, trailing dots and `:streams` are dropped by the file system. */
  readonly windows: boolean;
  /** Names that differ in case alone are the same file (Windows, macOS). */
  readonly ignoreCase: boolean;
}

export function currentPlatform(): PathPlatform {
  const windows = process.platform === 'win32';
  return { windows, ignoreCase: windows || process.platform === 'darwin' };
}

export type DocumentPlace =
  /** `path` is normal (`normalizePath`). */
  | { readonly type: 'file'; readonly path: string }
  /** Not saved anywhere yet. */
  | { readonly type: 'unsaved' }
  | { readonly type: 'elsewhere'; readonly reason: string };

/** Where the text of a document is kept. A plain absolute path is taken as a file. */
export function placeOf(uri: string, platform: PathPlatform): DocumentPlace {
  // A single letter is a Windows drive.
  const scheme = /^([A-Za-z][\w+.-]+):/.exec(uri)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return placeOfPath(uri, platform);
    case 'file':
      return placeOfFileUri(uri, platform);
    case 'untitled':
      return { type: 'unsaved' };
    case 'vscode-notebook-cell':
      return placeOfCell(uri, platform);
    default:
      return { type: 'elsewhere', reason: `documents of the kind "${scheme}:" are not read` };
  }
}

function placeOfPath(path: string, platform: PathPlatform): DocumentPlace {
  const isAbsolute = path.startsWith('/') || (platform.windows && /^(?:[A-Za-z]:[\\/]|\\\\)/.test(path));
  if (!isAbsolute || path.includes('\0')) {
    return { type: 'elsewhere', reason: 'the address of the document is not an absolute path' };
  }
  return { type: 'file', path: normalizePath(path, platform) };
}

function placeOfFileUri(uri: string, platform: PathPlatform): DocumentPlace {
  const parts = /^[^:]+:(?:\/\/([^/?#]*))?([^?#]*)/.exec(uri);
  const host = decode(parts?.[1] ?? '');
  const path = decode(parts?.[2] ?? '');
  if (host === undefined || path === undefined) {
    return { type: 'elsewhere', reason: 'the address of the document is malformed' };
  }
  if (host !== '' && host !== 'localhost') {
    return placeOfPath(`//${host}${path}`, platform);
  }
  return placeOfPath(platform.windows ? path.replace(/^\/(?=[A-Za-z]:)/, '') : path, platform);
}

/** A cell's path is its notebook's; its fragment ends with `s` and the notebook's own scheme in base64. */
function placeOfCell(uri: string, platform: PathPlatform): DocumentPlace {
  const fragment = decode(/#(.*)$/.exec(uri)?.[1] ?? '') ?? '';
  const separator = fragment.indexOf('s');
  const scheme = separator === -1 ? '' : Buffer.from(fragment.slice(separator + 1), 'base64').toString('utf8');
  if (scheme === 'untitled') {
    return { type: 'unsaved' };
  }
  if (/^[a-z][\w+.-]+$/.test(scheme) && scheme !== 'file' && scheme !== 'vscode-remote') {
    return { type: 'elsewhere', reason: `notebooks of the kind "${scheme}:" are not read` };
  }
  return placeOfFileUri(uri.replace(/#.*$/, ''), platform);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** One spelling per file: `/` separators, no `.`, `..` or empty segments, composed Unicode, small drive letter. */
export function normalizePath(path: string, platform: PathPlatform): string {
  const unified = platform.windows ? path.replaceAll('\\', '/') : path;
  const network = platform.windows && unified.startsWith('//');
  const segments: string[] = [];
  for (const [index, raw] of unified.normalize('NFC').split('/').entries()) {
    const segment = platform.windows ? windowsSegment(raw, index === 0) : raw;
    if (segment === '..') {
      segments.pop();
    } else if (segment !== '' && segment !== '.') {
      segments.push(segment);
    }
  }
  const joined = segments.join('/');
  if (network) {
    return `//${joined}`;
  }
  return /^[a-z]:/.test(joined) && platform.windows ? joined : `/${joined}`;
}

function windowsSegment(segment: string, isFirst: boolean): string {
  if (isFirst && /^[A-Za-z]:$/.test(segment)) {
    return segment.toLowerCase();
  }
  if (segment === '.' || segment === '..') {
    return segment;
  }
  // `name:stream` is a stream of the file `name`; trailing dots and blanks are not part of a name.
  return segment.replace(/:.*$/, '').replace(/[. ]+$/, '');
}

/** All folders above the path, from the root of the file system down. */
export function foldersAbove(path: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = parentOf(path); folder !== undefined; folder = parentOf(folder)) {
    folders.push(folder);
  }
  return folders.toReversed();
}

/** `undefined` for the root of the file system, a drive, and a share of a server. */
export function parentOf(path: string): string | undefined {
  const slash = path.lastIndexOf('/');
  if (path.startsWith('//')) {
    return path.split('/').length > 4 ? path.slice(0, slash) : undefined;
  }
  if (slash > 0) {
    return path.slice(0, slash);
  }
  return slash === 0 && path !== '/' ? '/' : undefined;
}

export function isInside(folder: string, path: string, platform: PathPlatform): boolean {
  const [outer, inner] = platform.ignoreCase ? [folder.toLowerCase(), path.toLowerCase()] : [folder, path];
  return inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
}

/** The rest of `path` below `folder`, which must be one of its folders. */
export function below(folder: string, path: string): string {
  return path.slice(folder.endsWith('/') ? folder.length : folder.length + 1);
}
