// User agents as families: which client, which runtime, which system. Never the raw string (tools put run ids into it).

/** Products that stand behind another one's name, looked for anywhere in the string; the first that matches wins. */
const PRODUCTS: readonly (readonly [string, string])[] = [
  ['terraform', 'terraform'],
  ['pulumi', 'pulumi'],
  ['ansible', 'ansible'],
  ['aws-cli/', 'aws-cli'],
  ['boto3/', 'boto3'],
  ['botocore/', 'botocore'],
  ['aws-sdk-go-v2/', 'aws-sdk-go-v2'],
  ['aws-sdk-go/', 'aws-sdk-go'],
  ['aws-sdk-java/', 'aws-sdk-java'],
  ['aws-sdk-js/', 'aws-sdk-js'],
  ['aws-sdk-nodejs/', 'aws-sdk-js'],
  ['aws-sdk-rust/', 'aws-sdk-rust'],
  ['aws-sdk-ruby', 'aws-sdk-ruby'],
  ['aws-sdk-php/', 'aws-sdk-php'],
  ['aws-sdk-dotnet', 'aws-sdk-dotnet'],
  ['amazon-ssm-agent/', 'ssm-agent'],
  ['python-requests/', 'python-requests'],
  ['curl/', 'curl'],
  ['signin.amazonaws.com', 'console'],
  ['console.amazonaws.com', 'console'],
  ['mozilla/', 'browser'],
];

const SYSTEMS: readonly (readonly [string, string])[] = [
  ['windows', 'windows'],
  ['darwin', 'macos'],
  ['macos', 'macos'],
  ['mac os', 'macos'],
  ['android', 'android'],
  ['linux', 'linux'],
];

/** `aws-cli+exec-env/AWS_ECS_FARGATE+linux`; '' for an empty user agent. */
export function userAgentFamily(userAgent: string): string {
  if (userAgent === '') return '';
  const lower = userAgent.toLowerCase();
  let product = PRODUCTS.find(([text]) => lower.includes(text))?.[1];
  // An unknown product only in the form `name/version`, and only its letters: what applications put into this header has held keys.
  if (product === undefined) product = /^\[?([a-z][a-z-]{1,30})\//.exec(lower)?.[1] ?? 'other';
  const runtime = /exec-env\/(aws_[a-z0-9_.]{1,30})/.exec(lower)?.[1];
  const system = SYSTEMS.find(([text]) => lower.includes(text))?.[1];
  return `${product}${runtime === undefined ? '' : `+exec-env/${runtime}`}${system === undefined ? '' : `+${system}`}`;
}
