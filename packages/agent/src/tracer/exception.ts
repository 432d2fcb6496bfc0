import type * as api from '@opentelemetry/api';
import { settings } from './settings.ts';
import { asText } from './text.ts';

/**
 * What a thrown value becomes, by the semantic conventions for exceptions: type, message, stack.
 * @returns undefined where there is nothing to say
 * @see https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-spans/
 */
export function exceptionAttributes(exception: unknown): api.Attributes | undefined {
  try {
    const attributes = typeof exception === 'object' && exception !== null ? ofObject(exception) : ofValue(exception);
    const isTold = attributes['exception.type'] !== undefined || attributes['exception.message'] !== undefined;
    return isTold ? attributes : undefined;
  } catch {
    return undefined; // a getter of the program's threw
  }
}

function ofObject(exception: object): api.Attributes {
  const { code, name, message } = exception as Record<string, unknown>;
  return {
    // A system error's code says more than its name; a DOMException's is a number, and says less.
    'exception.type':
      (typeof code === 'string' && code) ||
      className(exception, name) ||
      (code === undefined ? undefined : asText(code)),
    'exception.message': asText(message) || undefined,
    'exception.stacktrace': stackText(exception),
  };
}

/** Reading it is what makes Node put it together, which is the dear part. */
function stackText(exception: object): string | undefined {
  if (settings.reducesDetail) return undefined;
  return asText((exception as { stack?: unknown }).stack) || undefined;
}

function ofValue(exception: unknown): api.Attributes {
  return { 'exception.message': asText(exception) || undefined };
}

/** A class that extends Error without setting a name still has one. */
function className(exception: object, name: unknown): string | undefined {
  return (name === 'Error' && asText(exception.constructor.name)) || asText(name) || undefined;
}
