/** Types of packages that only the tests use and that ship none. */

declare module "@octokit/webhooks-examples" {
  /** Real webhooks of GitHub, by event name. */
  const events: { name: string; examples: Record<string, unknown>[] }[];
  export default events;
}
