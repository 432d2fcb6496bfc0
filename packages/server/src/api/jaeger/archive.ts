/** Jaeger can move a trace to a second store, which keeps it longer. There is none here, and nothing pretends that there were. */
export const noArchive =
  'There is no archive here: traces stay as long as --retention says, which can be longer for single services (--retention SERVICE=AGE).';
