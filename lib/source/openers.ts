/**
 * What opens the sources of the kinds that bring little with them.
 *
 * @module
 */

export { openExec } from "./exec.ts";
export { checkHttp, openHttp } from "./http.ts";
export { checkSse, openSse } from "./sse.ts";
export { openStdin } from "./stdin.ts";
export { openTail } from "./tail.ts";
export { checkTimer, openTimer } from "./timer.ts";
export { openWatch } from "./watch.ts";
