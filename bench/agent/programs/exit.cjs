// Only exits.
