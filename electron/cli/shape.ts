import { z } from 'zod';
import { NAMED } from './output.ts';

/*
 * The documents of --json as types, written from their schemas for the docs.
 */

const nodeSchema = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
  enum: z.array(z.union([z.string(), z.number(), z.null()])).optional(),
  get anyOf() {
    return z.array(nodeSchema).optional();
  },
  get oneOf() {
    return z.array(nodeSchema).optional();
  },
  get items() {
    return nodeSchema.optional();
  },
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: z.unknown().optional(),
  $defs: z.record(z.string(), z.unknown()).optional(),
});
type Node = z.infer<typeof nodeSchema>;

/** One type of the docs: its name, and how it is built. */
export type Shape = { name: string; text: string };

/** A schema as a type; named types inside stand by their name. */
export function shapeOf(schema: z.ZodType): string {
  const named = Object.entries(NAMED).find(([, each]) => each === schema);
  if (named !== undefined) return named[0];
  return render(documentOf(schema), '');
}

/** The named types, each once, in the order of the alphabet. */
export function namedShapes(): Shape[] {
  return Object.entries(NAMED).map(([name, schema]) => ({
    name,
    text: name === 'Json' ? 'whatever JSON can hold' : render(documentOf(schema), ''),
  }));
}

function documentOf(schema: z.ZodType): Node {
  const names = z.registry<{ id: string }>();
  for (const [id, named] of Object.entries(NAMED)) if (named !== schema) names.add(named, { id });
  return nodeSchema.parse(z.toJSONSchema(schema, { metadata: names, io: 'output' }));
}

function render(node: Node, indent: string): string {
  if (node.$ref !== undefined) return node.$ref.replace(/^#\/\$defs\//, '');
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum !== undefined) return node.enum.map((value) => JSON.stringify(value)).join(' | ');
  const choices = node.anyOf ?? node.oneOf;
  if (choices !== undefined) return choices.map((choice) => render(choice, indent)).join(' | ');
  if (Array.isArray(node.type)) return node.type.join(' | ');
  if (node.type === 'array') return arrayOf(render(node.items ?? {}, indent));
  if (node.type === 'object') return renderObject(node, indent);
  return node.type ?? 'Json';
}

function arrayOf(item: string): string {
  return /^[\w"]+$/.test(item) || item.endsWith('}') ? `${item}[]` : `(${item})[]`;
}

function renderObject(node: Node, indent: string): string {
  if (node.properties === undefined) {
    return `{ [name: string]: ${render(nodeSchema.parse(node.additionalProperties ?? {}), indent)} }`;
  }
  const deeper = `${indent}  `;
  const lines = Object.entries(node.properties).map(([name, property]) => {
    const mark = node.required?.includes(name) === true ? '' : '?';
    return `${deeper}${name}${mark}: ${render(nodeSchema.parse(property), deeper)}\n`;
  });
  return `{\n${lines.join('')}${indent}}`;
}
