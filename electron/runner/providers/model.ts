import type { LanguageModelV4 } from '@ai-sdk/provider';
import { keyVariable, type ProviderConfig } from './config.ts';

/** The AI SDK's model of a real provider. Each vendor's package is loaded when it is first called. */
export async function vendorModel(
  config: ProviderConfig,
  model: string,
  env: NodeJS.ProcessEnv,
): Promise<LanguageModelV4> {
  const apiKey = env[keyVariable(config)];
  switch (config.kind) {
    case 'anthropic': {
      const { createAnthropic } = await import('@ai-sdk/anthropic');
      return createAnthropic(apiKey === undefined ? {} : { apiKey })(model);
    }
    case 'openai': {
      const { createOpenAI } = await import('@ai-sdk/openai');
      return createOpenAI(apiKey === undefined ? {} : { apiKey })(model);
    }
    case 'google': {
      const { createGoogleGenerativeAI } = await import('@ai-sdk/google');
      return createGoogleGenerativeAI(apiKey === undefined ? {} : { apiKey })(model);
    }
    case 'openai-compatible': {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
      return createOpenAICompatible({
        name: config.name,
        baseURL: config.baseUrl ?? '',
        includeUsage: true,
        ...(apiKey === undefined ? {} : { apiKey }),
      })(model);
    }
    case 'rehearsal':
      throw new Error('the rehearsal provider is played by rehearsalModel');
  }
}
