/** `Reaper: Sign In` and `Sign Out`, registered at once; what they do is loaded with the first of them. */
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { registerCommand } from '../register-command.ts';
import type { SignInActionsOptions } from './sign-in-actions.ts';

/** The commands' optional argument is the id of an authentication provider. `reaper.signIn` resolves with the account's name. */
export function registerSignInCommands(options: SignInActionsOptions): Disposable {
  const { logger } = options;
  const store = new DisposableStore();
  store.add(
    registerCommand('reaper.signIn', logger, async (argument) => {
      const { signIn } = await import('./sign-in-actions.ts');
      return signIn(options, argument);
    }),
  );
  store.add(
    registerCommand('reaper.signOut', logger, async (argument) => {
      const { signOut } = await import('./sign-in-actions.ts');
      await signOut(options, argument);
    }),
  );
  return store;
}
