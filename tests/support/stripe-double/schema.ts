/** The part of JSON Schema that Stripe's document uses for requests. */
export type Schema = {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly string[];
  readonly maxLength?: number;
};

/** A value as a request carries it, read by its schema: numbers and booleans are no longer text. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** What is wrong with a request, in the words Stripe uses: which parameter, and why. */
export class WrongParameter extends Error {
  readonly param: string;
  readonly code: string | null;

  constructor(param: string, message: string, code: string | null = null) {
    super(message);
    this.param = param;
    this.code = code;
  }
}

/** Reads `value` by `schema`; throws {@link WrongParameter} for what the document does not know or allow. Form values are texts, JSON values may be more. */
export function readBy(schema: Schema, value: unknown, at = ''): Json {
  if (schema.anyOf !== undefined) return anyOf(schema.anyOf, value, at);
  switch (schema.type) {
    case 'object':
      return readObject(schema, value, at);
    case 'array':
      if (!Array.isArray(value)) throw new WrongParameter(at, `Invalid array: ${at}`);
      return value.map((item, index) => readBy(schema.items ?? {}, item, `${at}[${index}]`));
    case 'integer':
      if (!/^-?\d{1,15}$/.test(String(value)))
        throw new WrongParameter(at, `Invalid integer: ${at}`, 'parameter_invalid_integer');
      return Number(value);
    case 'number':
      if (!/^-?\d{1,15}(\.\d+)?$/.test(String(value))) throw new WrongParameter(at, `Invalid decimal: ${at}`);
      return Number(value);
    case 'boolean':
      if (!['true', 'false'].includes(String(value))) throw new WrongParameter(at, `Invalid boolean: ${at}`);
      return String(value) === 'true';
    default:
      return readText(schema, value, at);
  }
}

function anyOf(choices: readonly Schema[], value: unknown, at: string): Json {
  let last: unknown;
  for (const choice of choices) {
    try {
      return readBy(choice, value, at);
    } catch (error) {
      // What a nested object says is worth more than "must be empty".
      if (last === undefined || (error instanceof WrongParameter && error.param !== at)) last = error;
    }
  }
  throw last;
}

function readObject(schema: Schema, value: unknown, at: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new WrongParameter(at, `Invalid object: ${at}`);
  const { properties = {}, required = [], additionalProperties = false } = schema;
  const read: { [key: string]: Json } = {};
  for (const [key, item] of Object.entries(value)) {
    const path = at === '' ? key : `${at}[${key}]`;
    const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (known !== undefined) read[key] = readBy(known, item, path);
    else if (typeof additionalProperties === 'object') read[key] = readBy(additionalProperties, item, path);
    else throw new WrongParameter(path, `Received unknown parameter: ${path}`, 'parameter_unknown');
  }
  for (const key of required) {
    const path = at === '' ? key : `${at}[${key}]`;
    if (read[key] === undefined || read[key] === '')
      throw new WrongParameter(path, `Missing required param: ${path}.`, 'parameter_missing');
  }
  return read;
}

function readText(schema: Schema, value: unknown, at: string): Json {
  if (typeof value !== 'string') throw new WrongParameter(at, `Invalid string: ${at}`);
  if (schema.enum !== undefined && !schema.enum.includes(value))
    throw new WrongParameter(at, `Invalid ${at}: must be one of ${schema.enum.join(', ')}`);
  if (schema.maxLength !== undefined && value.length > schema.maxLength)
    throw new WrongParameter(at, `Invalid string: ${at} is longer than ${schema.maxLength} characters`);
  return value;
}
