/** What schemas of the OpenAPI document are made of. */

export type Schema = Record<string, unknown>;

export function object(properties: Record<string, Schema>, required: readonly string[], description?: string): Schema {
  return {
    type: 'object',
    ...(description ? { description } : {}),
    properties,
    required,
    additionalProperties: false,
  };
}

/** Every property required. */
export function record(properties: Record<string, Schema>, description?: string): Schema {
  return object(properties, Object.keys(properties), description);
}

export function list(items: Schema, description?: string): Schema {
  return { type: 'array', ...(description ? { description } : {}), items };
}

export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

export const text: Schema = { type: 'string' };
export const flag: Schema = { type: 'boolean' };
export const count: Schema = { type: 'integer', minimum: 0 };
export const share: Schema = { type: 'number', minimum: 0, maximum: 1 };
const nano: Schema = { type: 'string', pattern: '^[0-9]{1,20}$' };
export const unixNano: Schema = { ...nano, description: 'Nanoseconds since 1970.' };
export const durationNano: Schema = { ...nano, description: 'Nanoseconds.' };
export const signedNano: Schema = { type: 'string', pattern: '^-?[0-9]{1,20}$' };
export const traceId: Schema = { type: 'string', pattern: '^[0-9a-f]{32}$' };
export const spanId: Schema = { type: 'string', pattern: '^[0-9a-f]{16}$' };
export const kind: Schema = {
  type: 'integer',
  enum: [0, 1, 2, 3, 4, 5],
  description: '0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer.',
};
