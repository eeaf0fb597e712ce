/** Joining and splitting absolute paths with `/`; Windows paths are written with `/` here, too. */
import { pathToFileURL } from 'node:url';

export function slashed(path: string): string {
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
}

export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

/** `relative` may go up with `..`. */
export function joinPath(folder: string, relative: string): string {
  const segments = folder.split('/');
  for (const segment of relative.split('/')) {
    if (segment === '..') {
      segments.pop();
    } else if (segment !== '' && segment !== '.') {
      segments.push(segment);
    }
  }
  return segments.join('/') || '/';
}

export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** From the folder of a file up to `top`, itself included. */
export function foldersUp(folder: string, top: string): readonly string[] {
  const folders = [folder];
  for (let current = folder; current !== top && current.includes('/') && current !== '/';) {
    current = folderOf(current);
    folders.push(current);
  }
  return folders;
}

export function fileUri(path: string): string {
  return pathToFileURL(path).href;
}
