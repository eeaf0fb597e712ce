/** The first steps that VS Code's welcome page offers. */

interface WalkthroughStep {
  /** Also the name of its page in `media/walkthrough/`. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly completionEvents: readonly string[];
}

interface Walkthrough {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly steps: readonly WalkthroughStep[];
}

export const walkthrough: Walkthrough = {
  id: 'start',
  title: 'Get Started with Reaper',
  description: 'Ghost text from the embedded model at once, and from any other model when you want it.',
  steps: [
    {
      id: 'ghost-text',
      title: 'Write code, press Tab',
      description:
        'Reaper learns the open workspace on this machine. Begin a line that resembles one you have written, and press Tab to accept the grey text.\n\n[Open a File](command:workbench.action.quickOpen)\n\nNothing there? [Ask Why](command:reaper.whyNoSuggestion)',
      completionEvents: ['onCommand:reaper.completion.trigger', 'onCommand:reaper.whyNoSuggestion'],
    },
    {
      id: 'connect-model',
      title: 'Connect a model',
      description:
        'Ollama is found by itself. For another server or a model in the cloud, give its address or your key.\n\n[Select Model](command:reaper.selectModel)\n\n[Set API Key](command:reaper.setApiKey)',
      completionEvents: ['onCommand:reaper.selectModel', 'onCommand:reaper.setApiKey'],
    },
    {
      id: 'privacy',
      title: 'Decide what may leave this machine',
      description:
        'Ignored files and secrets are never sent. One setting keeps everything local, and a log shows what was sent where.\n\n[Open Privacy Settings](command:workbench.action.openSettings?%5B%22reaper.privacy%22%5D)\n\n[Show What Left This Machine](command:reaper.showEgressLog)',
      completionEvents: ['onCommand:reaper.showEgressLog', 'onSettingChanged:reaper.privacy.localOnly'],
    },
  ],
};
