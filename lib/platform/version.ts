/**
 * The version of this program. The number itself stands in deno.json alone.
 *
 * @module
 */

import project from "../../deno.json" with { type: "json" };

/** The version of this program, as in `1.2.3`. */
export const VERSION: string = project.version;
