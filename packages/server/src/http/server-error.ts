export type ServerErrorCode =
  | 'port-in-use'
  | 'address-unusable'
  | 'host-not-safe'
  | 'sampling-file-unusable'
  | 'certificate-unusable'
  | 'role-without-store';

/** The server cannot start as asked; the message says why and which flag would change it. */
export class ServerError extends Error {
  readonly code: ServerErrorCode;

  constructor(code: ServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ServerError';
    this.code = code;
  }
}
