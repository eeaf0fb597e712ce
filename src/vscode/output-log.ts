/** The log as VS Code shows it; secrets are taken out of every line before it is written. */
import type * as vscode from 'vscode';
import { errorMessage } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';

type Sink = Pick<vscode.LogOutputChannel, 'debug' | 'info' | 'warn' | 'error'>;

/** Enough of a chain of causes to reach the operating system's own error. */
const MAX_CAUSES = 4;

export function createOutputLog(channel: Sink, redact: (text: string) => string, topic = ''): Logger {
  const line = (message: string): string => redact(topic === '' ? message : `[${topic}] ${message}`);
  return {
    debug: (message) => channel.debug(line(message)),
    info: (message) => channel.info(line(message)),
    warn: (message) => channel.warn(line(message)),
    error: (message, error) =>
      channel.error(line(error === undefined ? message : `${message}: ${describeError(error)}`)),
    child: (name) => createOutputLog(channel, redact, topic === '' ? name : `${topic}/${name}`),
  };
}

/** The message, its causes, and where it was thrown. */
function describeError(error: unknown): string {
  const messages: string[] = [];
  let current: unknown = error;
  while (current !== undefined && messages.length < MAX_CAUSES) {
    messages.push(errorMessage(current));
    current = current instanceof Error ? current.cause : undefined;
  }
  const frames = error instanceof Error ? (error.stack?.split('\n').slice(1).join('\n') ?? '') : '';
  return `${messages.join(', because: ')}${frames === '' ? '' : `\n${frames}`}`;
}
