// Values that fit a JSON schema, or nearly: what a window that somebody took over might send.
import fc from 'fast-check';

/** The parts of JSON Schema that zod writes for the contract. */
export interface JsonSchema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  allOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  prefixItems?: JsonSchema[];
  additionalProperties?: JsonSchema | boolean;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
}

const hostile = fc.constantFrom('', ' ', '"', "'; DROP TABLE pairs; --", '%', '*', '"a', 'a" OR "b', 'NEAR(', '\0', '../../etc/passwd', '=1+1', '<script>', '\u202eabc', '\u0301', '__proto__', 'constructor', 'gardenpath', 'gardenpath://atlas', 'tokens', 'dog', 'The dog', '^', '$', 'a'.repeat(1_999), '😀'.repeat(50)); // prettier-ignore
const number = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: -2, max: 40 }), fc.constantFrom(0.5, 1e9, 2 ** 31, 2 ** 53 - 1, -(2 ** 53 - 1), 1e300, -0)); // prettier-ignore

export function fitting(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(fitting));
  if (schema.allOf?.[0]) return fitting(schema.allOf[0]);
  if (schema.properties) return fc.record(Object.fromEntries(Object.entries(schema.properties).map(([key, of]) => [key, fitting(of)])), { requiredKeys: schema.required ?? [] }); // prettier-ignore
  switch (schema.type) {
    case 'integer':
    case 'number':
      return number.map((n) => {
        const low = schema.minimum ?? schema.exclusiveMinimum ?? -Infinity;
        const whole = schema.type === 'integer' ? Math.round(n) : n;
        return Math.min(Math.max(whole, low), schema.maximum ?? Infinity);
      });
    case 'string':
      return fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 30 }));
    case 'boolean':
      return fc.boolean();
    case 'array': {
      if (schema.prefixItems) return fc.tuple(...schema.prefixItems.map(fitting));
      const minLength = schema.minItems ?? 0;
      return fc.array(fitting(schema.items ?? {}), {
        minLength,
        maxLength: Math.max(minLength, 4),
      });
    }
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue();
  }
}

/** The same with one part, at any depth, replaced, left out or added. */
export const nearlyFitting = (schema: JsonSchema): fc.Arbitrary<unknown> =>
  fc
    .tuple(
      fitting(schema),
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true }),
      fc.nat(9),
      fc.string(),
    )
    .map(([value, other, place, key]) => {
      // prettier-ignore
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return other;
      const entries = Object.entries(value);
      const changed = entries.map(([name, old], i): [string, unknown] => [name, i === place ? other : old]); // prettier-ignore
      return Object.fromEntries(place > entries.length ? [...changed, [key, other]] : changed);
    });
