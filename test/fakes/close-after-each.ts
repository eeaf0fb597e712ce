/** What a test has opened is closed after it, also when it fails before its end or never comes to it. */
export function closeAfterEach(): <T extends { close(): unknown }>(opened: T) => T {
  let open: { close(): unknown }[] = [];
  afterEach(async () => {
    const closing = open;
    open = [];
    await Promise.all(closing.map((one) => one.close()));
  });
  return (opened) => {
    open.push(opened);
    return opened;
  };
}
