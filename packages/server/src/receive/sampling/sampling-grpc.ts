/** @see https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v2/sampling.proto */
import { field, message, readProtobuf, writeProtobuf } from '@sightline/wire';
import type { GrpcServer } from '../../grpc/grpc-server.ts';
import type { SamplingStrategies } from './sampling-strategies.ts';

export function registerSamplingGrpc(server: GrpcServer, strategies: SamplingStrategies): void {
  server.add({
    name: 'jaeger.api_v2.SamplingManager',
    methods: {
      GetSamplingStrategy: { kind: 'unary', types, handle: (request) => answerStrategy(request, strategies) },
    },
  });
}

function answerStrategy(request: Buffer, strategies: SamplingStrategies): Uint8Array {
  const { serviceName = '' } = readProtobuf(request, types.request) as { serviceName?: string };
  const strategy = strategies.for(serviceName);
  return writeProtobuf(types.response, { ...strategy, strategyType: strategyTypes.indexOf(strategy.strategyType) });
}

const strategyTypes = ['PROBABILISTIC', 'RATE_LIMITING'];

const probabilistic = message('jaeger.api_v2.ProbabilisticSamplingStrategy', field(1, 'samplingRate', 'double'));

const rateLimiting = message('jaeger.api_v2.RateLimitingSamplingStrategy', field(1, 'maxTracesPerSecond', 'int32'));

const ofOperation = message(
  'jaeger.api_v2.OperationSamplingStrategy',
  field(1, 'operation', 'string'),
  field(2, 'probabilisticSampling', 'message', { message: probabilistic }),
);

const perOperation = message(
  'jaeger.api_v2.PerOperationSamplingStrategies',
  field(1, 'defaultSamplingProbability', 'double'),
  field(2, 'defaultLowerBoundTracesPerSecond', 'double'),
  field(3, 'perOperationStrategies', 'message', { repeated: true, message: ofOperation }),
  field(4, 'defaultUpperBoundTracesPerSecond', 'double'),
);

const types = {
  request: message('jaeger.api_v2.SamplingStrategyParameters', field(1, 'serviceName', 'string')),
  response: message(
    'jaeger.api_v2.SamplingStrategyResponse',
    field(1, 'strategyType', 'enum', { enum: { name: 'jaeger.api_v2.SamplingStrategyType', values: strategyTypes } }),
    field(2, 'probabilisticSampling', 'message', { message: probabilistic }),
    field(3, 'rateLimitingSampling', 'message', { message: rateLimiting }),
    field(4, 'operationSampling', 'message', { message: perOperation }),
  ),
};
