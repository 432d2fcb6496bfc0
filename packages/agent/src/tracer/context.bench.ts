import {
  activeContext,
  activeSpan,
  contextWithSpan,
  enterContext,
  leaveContext,
  rootContext,
  runWith,
} from './context.ts';
import { invalidSpan } from './non-recording-span.ts';

const context = contextWithSpan(rootContext, invalidSpan);
const nothing = (): void => {};

export const benches = {
  'a context with another span': () => contextWithSpan(rootContext, invalidSpan),
  runWith: () => runWith(context, nothing, undefined, []),
  'enterContext and leaveContext': () => leaveContext(enterContext(context)),
  activeContext: () => activeContext(),
  activeSpan: () => activeSpan(),
};
