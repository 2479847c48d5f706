// A method of the contract: a zod schema of its parameters, and the type of its result.
import { z } from 'zod';

export interface Method<P extends z.ZodType, R> {
  params: P;
  /** Type only; never present at run time. */
  result?: R;
}
export const returns =
  <R>() =>
  <P extends z.ZodType>(params: P): Method<P, R> => ({ params });

export const nothing = z.strictObject({});
