import { type ChatCompletionRequest, type FixtureOpts, type FixtureResponse, LLMock } from '@copilotkit/aimock';

/** What a vendor answers, and how its stream behaves. */
type Answer = FixtureResponse & FixtureOpts;

/** A server that speaks OpenAI's protocol and answers what a test says. */
export type Vendor = {
  /** As an OpenAI-compatible base URL. */
  url: string;
  /** Answers every request from now on with this. */
  say(answer: Answer): void;
  /** Answers the next requests with these, in order; the last one stays. */
  sayInTurn(...answers: FixtureResponse[]): void;
  /** Every request it got, oldest first. */
  requests(): ChatCompletionRequest[];
  close(): Promise<void>;
};

/** The only key that it takes. */
export const VENDOR_KEY = 'the-key';
const ANY = { predicate: () => true };

export async function startVendor(): Promise<Vendor> {
  const mock = await LLMock.create({ port: 0, auth: { apiKeys: [VENDOR_KEY] }, journalMaxEntries: 0, chunkSize: 4 });
  return {
    url: `${mock.url}/v1`,
    say(answer) {
      const { latency, chunkSize, truncateAfterChunks, disconnectAfterMs, streamingProfile, ...response } = answer;
      const how = { latency, chunkSize, truncateAfterChunks, disconnectAfterMs, streamingProfile };
      const given = Object.entries(how).filter(([, value]) => value !== undefined);
      mock.clearFixtures();
      mock.addFixture({ match: ANY, response: response as FixtureResponse, ...Object.fromEntries(given) });
    },
    sayInTurn(...answers) {
      let turn = 0;
      mock.clearFixtures();
      mock.on(ANY, () => {
        const answer = answers[Math.min(turn, answers.length - 1)];
        turn += 1;
        return answer ?? { error: { message: 'nothing to say' }, status: 500 };
      });
    },
    requests: () => mock.getRequests().map(({ body }) => body as ChatCompletionRequest),
    close: () => mock.stop(),
  };
}

/** A vendor's error answer. */
export function refusal(status: number, message = 'no', more: { code?: string; retryAfter?: number } = {}) {
  const { code, retryAfter } = more;
  return {
    error: { message, ...(code === undefined ? {} : { code }) },
    status,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}
