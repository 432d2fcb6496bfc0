/** The payload is not in the spool; later it may be taken. Receivers answer so that their senders try again. */
export class SpoolFull extends Error {
  readonly code: 'spool-full' | 'disk-nearly-full' = 'spool-full';

  constructor(message: string) {
    super(message);
    this.name = 'SpoolFull';
  }
}

/** Also where the spool holds little: what it takes now, the store could not. */
export class DiskNearlyFull extends SpoolFull {
  override readonly code = 'disk-nearly-full';

  constructor({ freeBytes, totalBytes }: { freeBytes: number; totalBytes: number }) {
    const share = ((100 * freeBytes) / totalBytes).toFixed(1);
    super(
      `The disk of the data directory has ${share} % left (${freeBytes} of ${totalBytes} bytes), and 5 % have to stay ` +
        'free. Free some of it, or have Sightline keep less with --max-disk or --retention. Try again later.',
    );
    this.name = 'DiskNearlyFull';
  }
}
