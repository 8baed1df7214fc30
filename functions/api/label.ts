import * as z from 'zod/mini';

const MUST_BE_LABEL =
  'must be 1 to 100 characters, not all blank, without control characters, line separators or lone surrogates';

/** A label as callers may give it to a job. */
export const labelSchema = z.string(MUST_BE_LABEL).check(
  // By code points; surrogates that make a pair are no \p{Cs}.
  z.regex(/^(?=.*\S)[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,100}$/u, MUST_BE_LABEL),
);
