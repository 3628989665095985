/** What each of the modules beside this one exports. */

import type { ValidateFunction } from "ajv/dist/2020";

/** Whether a value is what it should be; what is wrong with the last one stands in its `errors`. */
export const validate: ValidateFunction;
