/** The commands about providers, registered at once; what they do is loaded with the first of them. */
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { createProviderActions, ProviderActionsOptions } from './provider-actions.ts';
import { registerCommand } from './register-command.ts';

type ProviderActions = ReturnType<typeof createProviderActions>;

const COMMANDS = [
  'reaper.setApiKey',
  'reaper.removeApiKey',
  'reaper.testConnection',
  'reaper.selectModel',
  'reaper.selectStrategy',
  'reaper.doctor',
] as const satisfies readonly (keyof ProviderActions['handlers'])[];

export function registerProviderCommands(options: ProviderActionsOptions): Disposable {
  const store = new DisposableStore();
  let loading: Promise<ProviderActions> | undefined;
  const load = (): Promise<ProviderActions> => {
    loading ??= import('./provider-actions.ts').then((module) => store.add(module.createProviderActions(options)));
    return loading;
  };
  for (const id of COMMANDS) {
    store.add(
      registerCommand(id, options.logger, async (argument) => {
        const { handlers } = await load();
        return handlers[id](argument);
      }),
    );
  }
  return store;
}
