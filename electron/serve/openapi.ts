import { z } from 'zod';
import { actionSchema, receiptSchema } from '#contract/action.ts';
import { agentSummarySchema, fileProblemSchema } from '#contract/agent.ts';
import { jsonSchema } from '#contract/basic.ts';
import { ERRORS } from '#contract/errors.ts';
import { OPERATIONS, type Operation, refusalSchema } from '#contract/http.ts';
import { answerSchema, questionSchema } from '#contract/question.ts';
import {
  attemptSchema,
  batchItemSchema,
  doubtSchema,
  stepSchema,
  submitManyAnswerSchema,
  submittedSchema,
  taskDetailSchema,
  taskErrorSchema,
} from '#contract/task.ts';

/*
 * The OpenAPI document of the HTTP intake, made from the operations and schemas that serve it.
 */

type Node = Record<string, unknown>;

/** Schemas that stand under components. */
const NAMED: Record<string, z.ZodType> = {
  Action: actionSchema,
  AgentSummary: agentSummarySchema,
  Answer: answerSchema,
  Attempt: attemptSchema,
  BatchAnswer: submitManyAnswerSchema,
  BatchItem: batchItemSchema,
  Doubt: doubtSchema,
  FileProblem: fileProblemSchema,
  Json: jsonSchema,
  Question: questionSchema,
  Receipt: receiptSchema,
  Refusal: refusalSchema,
  Step: stepSchema,
  Submitted: submittedSchema,
  Task: taskDetailSchema,
  TaskError: taskErrorSchema,
};

/** Statuses that every operation may answer with, and those of one with a body. */
const ALWAYS: Record<number, string> = {
  401: ERRORS.UNAUTHORIZED.message,
  500: 'The desk made a mistake with this request.',
};
/** Of an operation for which an ingest token is not enough. */
const NOT_BY_INGEST: Record<number, string> = { 403: ERRORS.FORBIDDEN.message };
const WITH_BODY: Record<number, string> = {
  413: 'The body is too large.',
  415: 'The body is not JSON.',
};
const RETRY_AFTER = { description: 'When to try again, in seconds.', schema: { type: 'integer', minimum: 1 } };

/** @param version of this Nightdesk */
export function openApiDocument(version: string): Node {
  const paths: Record<string, Node> = {};
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: operationNode(name, operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Nightdesk',
      version,
      description:
        'Task intake of a desk: give agents work, follow it, cancel it, answer what it asks. Moments are milliseconds since 1970, spans milliseconds, costs US dollars.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'This desk.' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'The token in desk.json of the data folder: good for everything.',
        },
        ingest: {
          type: 'http',
          scheme: 'bearer',
          description:
            'A token of a program that only sends, made with nightdesk token make NAME. Every call that does not name it answers 403.',
        },
      },
      schemas: Object.fromEntries(
        Object.entries(NAMED).map(([name, schema]) => [
          name,
          schemaNode(schema, schema === batchItemSchema ? 'input' : 'output', name),
        ]),
      ),
    },
  };
}

function operationNode(name: string, operation: Operation): Node {
  const { body } = operation;
  const parameters = [
    ...parametersOf('path', operation.params),
    ...parametersOf('query', operation.query),
    ...parametersOf('header', operation.headers),
  ];
  return {
    operationId: name,
    summary: operation.summary,
    description: operation.description,
    ...(operation.ingest ? { security: [{ ingest: [] }, { token: [] }] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === null
      ? {}
      : {
          requestBody: {
            required: true,
            description: `At most ${operation.bodyBytes} bytes.`,
            content: content(schemaNode(body, 'input')),
          },
        }),
    responses: { ...answersOf(operation), ...refusalsOf(operation) },
  };
}

function parametersOf(place: 'path' | 'query' | 'header', schema: z.ZodObject): Node[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema);
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property as Node;
    return {
      name: place === 'header' ? name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()) : name,
      in: place,
      required: required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

function answersOf(operation: Operation): Record<string, Node> {
  return Object.fromEntries(
    Object.entries(operation.answers).map(([status, answer]) => {
      const headers = Object.entries(answer.headers ?? {}).map(([name, description]) => [
        name,
        { description, schema: { type: name === 'Retry-After' ? 'integer' : 'string' } },
      ]);
      return [
        status,
        {
          description: answer.description,
          ...(headers.length > 0 ? { headers: Object.fromEntries(headers) } : {}),
          content: content(schemaNode(answer.body, 'output')),
        },
      ];
    }),
  );
}

function refusalsOf(operation: Operation): Record<string, Node> {
  const said: Record<number, string> = {
    ...ALWAYS,
    ...(operation.ingest ? {} : NOT_BY_INGEST),
    ...(operation.body === null ? {} : WITH_BODY),
  };
  for (const code of operation.errors) said[ERRORS[code].status] = ERRORS[code].message;
  return Object.fromEntries(
    Object.entries(said).map(([status, description]) => [
      status,
      {
        description,
        ...(status === '429' || status === '503' ? { headers: { 'Retry-After': RETRY_AFTER } } : {}),
        content: content({ $ref: '#/components/schemas/Refusal' }),
      },
    ]),
  );
}

function content(schema: Node): Node {
  return { 'application/json': { schema } };
}

/**
 * A schema as it stands in the document: named ones inside by reference.
 *
 * @param io as it is sent to the desk, or as the desk answers
 * @param self the name it is defined under
 */
function schemaNode(schema: z.ZodType, io: 'input' | 'output', self?: string): Node {
  const names = z.registry<{ id: string }>();
  for (const [id, named] of Object.entries(NAMED)) {
    if (named === schema && self === undefined) return { $ref: `#/components/schemas/${id}` };
    if (named !== schema) names.add(named, { id });
  }
  const { $schema, $defs, ...node } = z.toJSONSchema(schema, {
    metadata: names,
    io,
    override: ({ zodSchema, jsonSchema: written }) => {
      // Inputs, outputs and results are whatever JSON can hold: said as such, not by its recursive definition.
      if (zodSchema !== jsonSchema) return;
      for (const key of Object.keys(written)) Reflect.deleteProperty(written, key);
      written.description = 'Whatever JSON can hold.';
    },
  });
  return relocated(node) as Node;
}

/** References into $defs lead to components. */
function relocated(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(relocated);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string'
        ? value.replace(/^#\/\$defs\//, '#/components/schemas/')
        : relocated(value),
    ]),
  );
}
