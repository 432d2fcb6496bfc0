/** @see https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const codes = /^(\w*SELF_SIGNED\w*|UNABLE_TO_\w+|CERT_\w+|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/;

/** Somebody answers, but cannot show that it is who was asked. The message has the way out. */
export class UntrustedError extends Error {}

export function isUntrusted(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && codes.test(String(error.code));
}

/** @returns the error itself where it is another */
export function explainTrust(error: unknown, url: string | URL): unknown {
  if (!isUntrusted(error)) return error;
  const { origin, hostname } = new URL(url);
  const isOthers = error.code === 'ERR_TLS_CERT_ALTNAME_INVALID' || error.code === 'HOSTNAME_MISMATCH';
  const message = isOthers
    ? `the certificate of ${origin} is not one for ${hostname}. Use a name that it has; "sightline up" listens on one with --host NAME`
    : `the certificate of ${origin} is not trusted: ${reasonOf(error)}. Name the file of the authority that signed it: NODE_EXTRA_CA_CERTS=ca.pem`;
  return new UntrustedError(message, { cause: error });
}

/** Newer versions of Node add advice of their own. */
function reasonOf({ message }: Error): string {
  return message.split(';', 1)[0] ?? message;
}
