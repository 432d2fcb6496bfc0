import { DecodeError } from '@sightline/wire';
import { GrpcError, grpcCode } from '../grpc/status.ts';
import { SpoolFull } from '../spool/spool.ts';
import type { Translate, Translation } from '../translate/translation.ts';
import { type ReceiverDeps, takeIn } from './intake.ts';

const retryDelaySeconds = 5;

/**
 * For every receiver that speaks gRPC: resolves once the spans are on disk.
 * @throws DecodeError, and GrpcError `unavailable` where nothing could be kept
 */
export async function takeInGrpc(request: Buffer, translate: Translate, deps: ReceiverDeps): Promise<Translation> {
  try {
    const translation = translate(request);
    await takeIn(translation, request.length, deps);
    return translation;
  } catch (error) {
    if (error instanceof DecodeError) throw error;
    const reason = 'spool-full';
    if (error instanceof SpoolFull)
      throw new GrpcError(grpcCode.unavailable, error.message, { reason, retryDelaySeconds });
    deps.log.error({ err: error }, 'spans could not be written to the spool');
    const message = 'The spans could not be written to disk. Try again later.';
    throw new GrpcError(grpcCode.unavailable, message, { reason, retryDelaySeconds });
  }
}
