/** What a context store gives to leave where there was nothing to enter: most events of a request come in its context. */
export const unchanged: unique symbol = Symbol('unchanged');
