/** A log that keeps every line, errors with their causes and properties, so that a test can search it for secrets. */
import { inspect } from 'node:util';
import type { Logger } from '../../src/base/logger.ts';

export interface RecordingLogger extends Logger {
  readonly lines: string[];
}

export function createRecordingLogger(lines: string[] = []): RecordingLogger {
  const add = (level: string) => (message: string, error?: unknown) => {
    lines.push(`${level} ${message}${error === undefined ? '' : ` ${inspect(error, { depth: 10 })}`}`);
  };
  return {
    lines,
    debug: add('debug'),
    info: add('info'),
    warn: add('warn'),
    error: add('error'),
    child: () => createRecordingLogger(lines),
  };
}
