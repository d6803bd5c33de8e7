import { APICallError } from '@ai-sdk/provider';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorClassSchema, taskErrorSchema } from '#contract/task.ts';
import { classifyError } from '../../../electron/runner/providers/classify.ts';

function answered(statusCode: number | undefined, responseHeaders: Record<string, string> = {}, responseBody = '') {
  return new APICallError({
    message: 'refused',
    url: 'https://vendor.example',
    requestBodyValues: {},
    responseHeaders,
    responseBody,
    ...(statusCode === undefined ? {} : { statusCode }),
  });
}

describe('how long a provider asks to be left alone', () => {
  it('is read in seconds, in ms, and as a date by the provider’s own clock', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 86_400 }),
        fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9000-01-01') }),
        (s, now) => {
          const date = new Date(Math.floor(now.getTime() / 1_000) * 1_000);
          const headers: Record<string, string>[] = [
            { 'retry-after': String(s) },
            { 'retry-after-ms': String(s * 1_000), 'retry-after': '1' },
            { 'retry-after': new Date(date.getTime() + s * 1_000).toUTCString(), date: date.toUTCString() },
          ];
          const waits = headers.map((each) => classifyError(answered(429, each), 'local').retryAfterMs);
          expect(waits).toEqual([s * 1_000, s * 1_000, s * 1_000]);
        },
      ),
    );
  });

  it('is not known from what cannot be read', () => {
    const headers: Record<string, string>[] = [
      {},
      { 'retry-after': 'soon' },
      { 'retry-after': new Date(0).toUTCString() },
    ];
    for (const each of headers) {
      expect(classifyError(answered(429, each), 'local').retryAfterMs).toBeUndefined();
    }
  });

  it('is never a time that cannot be waited', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (after, ms, date) => {
        const { retryAfterMs } = classifyError(
          answered(503, { 'retry-after': after, 'retry-after-ms': ms, date }),
          'local',
        );
        return retryAfterMs === undefined || (Number.isInteger(retryAfterMs) && retryAfterMs >= 0);
      }),
    );
  });
});

describe('whatever a call ends with', () => {
  it('has a class, a line that says it, and its source', () => {
    const anyStatus = fc.option(fc.integer({ min: 100, max: 599 }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          anyStatus.map((status) => answered(status)),
        ),
        (error) => {
          const told = taskErrorSchema.parse(classifyError(error, 'local'));
          return errorClassSchema.options.includes(told.class) && told.source === 'local' && told.message !== '';
        },
      ),
    );
  });

  it('is transient when the answer began well and could not be read to its end', () => {
    expect(classifyError(answered(200), 'local')).toMatchObject({ class: 'transient' });
  });

  it('is found under what wraps it', () => {
    const wrapped = new Error('the stream failed', { cause: new Error('again', { cause: answered(401) }) });
    expect(classifyError(wrapped, 'local')).toMatchObject({ class: 'auth', status: 401 });
  });
});
