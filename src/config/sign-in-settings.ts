/** The settings of sign-ins that need a word from the user; the others need none. */
import { textSetting } from './setting.ts';

export const googleSettings = {
  clientId: textSetting('', {
    scope: 'machine',
    description:
      'The client id of your own Google Cloud project (*Credentials → OAuth client ID → Desktop app*), for signing in with a Google account. It is no secret.',
  }),
};
