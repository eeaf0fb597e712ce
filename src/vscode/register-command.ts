/** Registers one command of the table; a failure is logged and shown, giving up is neither: both resolve with `undefined`. */
import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import { errorMessage, isCancellation } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { CommandId } from '../config/commands.ts';

export type CommandHandler = (argument: unknown) => Promise<unknown> | void;
export type CommandHandlers = Partial<Readonly<Record<CommandId, CommandHandler>>>;

export function registerCommand(id: CommandId, logger: Logger, run: CommandHandler): Disposable {
  return vscode.commands.registerCommand(id, async (argument: unknown) => {
    try {
      return await run(argument);
    } catch (error) {
      if (!isCancellation(error)) {
        logger.error(`${id} failed`, error);
        // Not awaited: a notification stays until the user closes it.
        void vscode.window.showErrorMessage(vscode.l10n.t('Reaper: {0}', errorMessage(error)));
      }
      return undefined;
    }
  });
}
