// SEC-15: keys of services that run language models and what belongs to them. Whoever has one computes at another's cost.

import type { SecretKind } from '../secret-kind.ts';
import { CREDSWEEPER, GITLEAKS, kingfisher, named, titus, token } from './token-row.ts';

const LANGSMITH = kingfisher('langchain');
/** `OpenAI` in base64 stands in the middle of every key. */
const OPENAI_MIDDLE = 'T3BlbkFJ';

function openai(start: string, sides: string) {
  return {
    ...token(start, `${sides}${OPENAI_MIDDLE}${sides}`, { tail: '-' }),
    publicPrefix: start.length,
  };
}
const LONG_SIDES = '(?:[A-Za-z0-9_-]{74}|[A-Za-z0-9_-]{58})';

export const MODEL_KEYS: readonly SecretKind[] = [
  {
    name: 'openai-key',
    title: 'OpenAI API key (older format)',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...openai('sk-', '[A-Za-z0-9]{20}'),
    source: GITLEAKS,
  },
  {
    name: 'openai-project-key',
    title: 'OpenAI project API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...openai('sk-proj-', LONG_SIDES),
    source: GITLEAKS,
  },
  {
    name: 'openai-service-key',
    title: 'OpenAI service account API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...openai('sk-svcacct-', LONG_SIDES),
    source: GITLEAKS,
  },
  {
    name: 'openai-admin-key',
    title: 'OpenAI admin API key',
    rule: 'SEC-15',
    severity: 'CRITICAL',
    ...openai('sk-admin-', LONG_SIDES),
    source: GITLEAKS,
  },
  {
    name: 'gemini-key',
    title: 'Gemini API key (newer format)',
    rule: 'SEC-15',
    severity: 'HIGH',
    // Google says that there is a new sort; what it looks like stands in public files.
    ...token('AQ.Ab8RN6', '[A-Za-z0-9_-]{44}', { tail: '-' }),
    source: 'https://ai.google.dev/gemini-api/docs/api-key',
  },
  {
    name: 'anthropic-key',
    title: 'Anthropic API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('sk-ant-api03-', '[A-Za-z0-9_-]{93}AA', { tail: '-' }),
    source: GITLEAKS,
  },
  {
    name: 'anthropic-admin-key',
    title: 'Anthropic admin API key',
    rule: 'SEC-15',
    severity: 'CRITICAL',
    ...token('sk-ant-admin01-', '[A-Za-z0-9_-]{93}AA', { tail: '-' }),
    source: GITLEAKS,
  },
  {
    name: 'anthropic-oauth-token',
    title: 'Anthropic OAuth token (Claude Code)',
    rule: 'SEC-15',
    severity: 'HIGH',
    // Access and refresh tokens.
    ...token(['sk-ant-oat01-', 'sk-ant-ort01-'], '[A-Za-z0-9_-]{60,140}', { tail: '-' }),
    source: 'https://github.com/gitleaks/gitleaks/issues/2158',
  },
  {
    name: 'huggingface-token',
    title: 'Hugging Face user access token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('hf_', '[A-Za-z0-9]{34}'),
    source: 'https://huggingface.co/docs/hub/security-tokens',
  },
  {
    name: 'huggingface-organization-token',
    title: 'Hugging Face organization token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('api_org_', '[A-Za-z0-9]{34}'),
    source: GITLEAKS,
  },
  {
    name: 'groq-key',
    title: 'Groq API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('gsk_', '[A-Za-z0-9]{52}'),
    source: kingfisher('groq'),
  },
  {
    name: 'replicate-token',
    title: 'Replicate API token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('r8_', '[A-Za-z0-9]{37}'),
    source: titus('replicate'),
  },
  {
    name: 'xai-key',
    title: 'xAI API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('xai-', '[A-Za-z0-9_-]{80}', { tail: '-' }),
    source: CREDSWEEPER,
  },
  {
    name: 'perplexity-key',
    title: 'Perplexity API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('pplx-', '[A-Za-z0-9]{48}'),
    source: GITLEAKS,
  },
  {
    name: 'openrouter-key',
    title: 'OpenRouter API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('sk-or-v1-', '[0-9a-f]{64}'),
    source: kingfisher('openrouter'),
  },
  {
    name: 'langsmith-personal-token',
    title: 'LangSmith personal access token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('lsv2_pt_', '[0-9a-f]{32}_[0-9a-f]{10}'),
    source: LANGSMITH,
  },
  {
    name: 'langsmith-service-key',
    title: 'LangSmith service key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('lsv2_sk_', '[0-9a-f]{32}_[0-9a-f]{10}'),
    source: LANGSMITH,
  },
  {
    name: 'pinecone-key',
    title: 'Pinecone API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('pcsk_', '[A-Za-z0-9]{5,6}_[A-Za-z0-9]{63}'),
    source: kingfisher('pinecone'),
  },
  {
    name: 'cerebras-key',
    title: 'Cerebras API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('csk-', '[a-z0-9]{48}'),
    source: 'https://github.com/betterleaks/betterleaks/blob/master/config/betterleaks.toml',
  },
  {
    name: 'tavily-key',
    title: 'Tavily API key',
    rule: 'SEC-15',
    severity: 'MEDIUM',
    ...token('tvly-', '(?:dev-|prod-)?[A-Za-z0-9]{32}'),
    source: CREDSWEEPER,
  },
  {
    name: 'elevenlabs-key',
    title: 'ElevenLabs API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(['elevenlabs api key', 'eleven api key', 'xi api key'], 'sk_[0-9a-f]{48}', { publicPrefix: 3 }),
    source: titus('elevenlabs'),
  },
  {
    name: 'cohere-key',
    title: 'Cohere API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(['cohere api key', 'co api key'], '[A-Za-z0-9]{40}'),
    source: GITLEAKS,
  },
  {
    name: 'mistral-key',
    title: 'Mistral AI API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(['mistral api key', 'mistralai api key'], '[A-Za-z0-9]{32}'),
    source: kingfisher('mistral'),
  },
];
