/** The accounts whose sessions are our own, for the manifest and for those who register them. */

/** The label is the name of a company: the same in every language. */
export const googleAccount = { provider: 'reaper-google', label: 'Google' } as const;

export const ownAccounts = [googleAccount];
